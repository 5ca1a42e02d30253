# Sends the records of Windows event logs to System Logs Analyzer, from where the last run
# ended, each once. For Windows PowerShell 5.1 and PowerShell 7; README.md says how.
#
#   powershell -File Send-EventLog.ps1 -Url http://127.0.0.1:3000 -Log System,Application
param(
    [Parameter(Mandatory = $true)] [string] $Url,
    [string[]] $Log = @('System', 'Application'),
    [string] $State = (Join-Path $env:ProgramData 'loganalyzer'),
    [int] $PartRecords = 500,
    [int] $PartBytes = 1MB
)
$ErrorActionPreference = 'Stop'
. (Join-Path $PSScriptRoot 'Send-Part.ps1')
$refusedMax = 100 # records that are passed over in one run; more are no fault of single records
$refused = 0
$failed = $false

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

function Write-Problem([string]$text) {
    [Console]::Error.WriteLine("Send-EventLog: $text")
}

# The records of a log that $how asks for. That there are none is no error; that there is no
# such log, or that it may not be read, is one. (About a record that it cannot describe
# Get-WinEvent complains too, and gives it all the same.)
function Read-Log([string]$name, [hashtable]$how) {
    $problems = @()
    $found = @(Get-WinEvent -LogName $name @how -ErrorAction SilentlyContinue -ErrorVariable problems)
    $real = @($problems | Where-Object { "$($_.FullyQualifiedErrorId)" -notlike 'NoMatchingEventsFound*' })
    if ($found.Count -eq 0 -and $real.Count -gt 0) { throw "$($real[0])" }
    return $found
}

function Get-Ticks($entry) {
    return "$($entry.TimeCreated.ToUniversalTime().Ticks)"
}

# Was the log cleared since the record $id was made at $ticks? It counts from 1 again then,
# and another record may have the number by now.
function Test-Cleared([string]$name, [long]$id, [string]$ticks) {
    if ($id -eq 0 -or -not $ticks) { return $false }
    $there = @(Read-Log $name @{ FilterXPath = "*[System[EventRecordID = $id]]"; MaxEvents = 1 })
    return ($there.Count -gt 0 -and (Get-Ticks $there[0]) -ne $ticks)
}

# A record that the server refuses alone: others must not wait for it for ever.
function Skip-Record([string]$name, $stream, $entry, [string]$json, [string]$why) {
    $kept = "$($stream.Path).refused"
    [IO.File]::AppendAllText($kept, $json + "`n")
    Write-Problem "record $($entry.RecordId) of the log $name is refused ($why). It is kept in $kept; the next ones go on"
    $stream.Next = Get-Ticks $entry
    Complete-Part $stream ([long]$entry.RecordId)
    $script:refused++
    if ($script:refused -ge $refusedMax) { throw "the server did not take $refusedMax records in this run; the next run goes on after them" }
}

# Sends the first ones of $found: as many as a part may hold, or, if a part is under way whose
# answer is not known, all of that one. If the server refuses them, half of them, and so on.
function Send-Records([string]$name, $stream, $found) {
    $jsons = @()
    $bytes = 2 # of the brackets
    foreach ($entry in $found) {
        $json = ConvertTo-Json -InputObject (ConvertTo-Record $entry) -Depth 5 -Compress
        $bytes += [Text.Encoding]::UTF8.GetByteCount($json) + 1
        if ($stream.Pending -eq 0 -and $jsons.Count -gt 0 -and $bytes -gt $PartBytes) { break }
        $jsons += $json
    }
    for ($count = $jsons.Count; $count -ge 1; $count = [int][Math]::Floor($count / 2)) {
        $last = $found[$count - 1]
        $stream.Next = Get-Ticks $last
        $body = '[' + ($jsons[0..($count - 1)] -join ',') + ']'
        $why = Send-Part $Url $stream ([long]$last.RecordId) $body 'application/json; charset=utf-8'
        if (-not $why) { return }
    }
    Skip-Record $name $stream $found[0] $jsons[0] $why
}

function Send-Log([string]$name) {
    $stream = Open-Stream $State "eventlog-$name"
    if ((Test-Cleared $name $stream.At $stream.Note) -or (Test-Cleared $name $stream.Pending $stream.Next)) { Reset-Stream $stream }
    while ($true) {
        $how = @{ FilterXPath = "*[System[EventRecordID > $($stream.At)]]"; Oldest = $true; MaxEvents = $PartRecords }
        if ($stream.Pending -gt 0) {
            # A part was sent and its answer is not known: the same part again, to its end.
            $how = @{ FilterXPath = "*[System[EventRecordID > $($stream.At) and EventRecordID <= $($stream.Pending)]]"; Oldest = $true }
        }
        $found = @(Read-Log $name $how)
        if ($found.Count -eq 0 -and $stream.Pending -gt 0) {
            $stream.Pending = [long]0
            Save-Stream $stream
            continue
        }
        if ($found.Count -eq 0) {
            $newest = @(Read-Log $name @{ MaxEvents = 1 })
            if ($newest.Count -eq 0 -or $newest[0].RecordId -ge $stream.At) { break }
            Reset-Stream $stream # the log was cleared and counts from 1 again
            continue
        }
        Send-Records $name $stream $found
    }
}

# With -File, A,B is one text and no list.
foreach ($name in @($Log -split ',' | ForEach-Object { $_.Trim() } | Where-Object { $_ })) {
    try {
        Send-Log $name
    } catch {
        $failed = $true
        Write-Problem "log ${name}: $_"
        if ("$_" -like 'the server did not take*') { break } # nor would it take the next log's
    }
}
if ($failed -or $refused -gt 0) { exit 1 }
