# Sends the records of Windows event logs to System Logs Analyzer, from where the last run
# ended, each once. For Windows PowerShell 5.1 and PowerShell 7; README.md says how.
#
#   powershell -File Send-EventLog.ps1 -Url http://127.0.0.1:3000 -Log System,Application
param(
    [Parameter(Mandatory = $true)] [string] $Url,
    [string[]] $Log = @('System', 'Application'),
    [string] $State = (Join-Path $env:ProgramData 'loganalyzer'),
    [int] $PartRecords = 500
)
$ErrorActionPreference = 'Stop'
. (Join-Path $PSScriptRoot 'Send-Part.ps1')

$levels = @{ 1 = 'FATAL'; 2 = 'ERROR'; 3 = 'WARN'; 4 = 'INFO'; 5 = 'DEBUG' }

# A record as the server wants it. All values are texts, so that both PowerShells write the
# same JSON; the time names its zone.
function ConvertTo-Record($entry) {
    $message = $entry.Message # empty if the program that describes it is not installed
    if (-not $message) { $message = @($entry.Properties | ForEach-Object { "$($_.Value)" }) -join ' ' }
    if (-not $message) { $message = "event $($entry.Id)" }
    $level = $levels[[int]$entry.Level]
    if (-not $level) { $level = 'INFO' }
    if ([long]$entry.Keywords -band 0x10000000000000) { $level = 'WARN' } # a failed audit
    @{
        timestamp = $entry.TimeCreated.ToUniversalTime().ToString('o')
        service   = "$($entry.ProviderName)"
        level     = $level
        message   = $message
        metadata  = @{
            host      = "$($entry.MachineName)"
            log       = "$($entry.LogName)"
            event_id  = "$($entry.Id)"
            record_id = "$($entry.RecordId)"
            pid       = "$($entry.ProcessId)"
        }
    }
}

foreach ($name in $Log) {
    $stream = Open-Stream $State "eventlog-$name"
    while ($true) {
        $filter = "*[System[EventRecordID > $($stream.At)]]"
        $found = @(Get-WinEvent -LogName $name -FilterXPath $filter -Oldest -MaxEvents $PartRecords -ErrorAction SilentlyContinue)
        if ($stream.Pending -gt 0) {
            # A part was sent and its answer is not known: the same part again, to its end.
            $found = @($found | Where-Object { $_.RecordId -le $stream.Pending })
            if ($found.Count -eq 0) { $stream.Pending = [long]0; Save-Stream $stream; continue }
        }
        if ($found.Count -eq 0) {
            $newest = @(Get-WinEvent -LogName $name -MaxEvents 1 -ErrorAction SilentlyContinue)
            if ($newest.Count -eq 0 -or $newest[0].RecordId -ge $stream.At) { break }
            Reset-Stream $stream # the log was cleared and counts from 1 again
            continue
        }
        $records = @($found | ForEach-Object { ConvertTo-Record $_ })
        $body = ConvertTo-Json -InputObject $records -Depth 5 -Compress
        Send-Part $Url $stream ([long]$found[-1].RecordId) $body 'application/json; charset=utf-8'
    }
}
