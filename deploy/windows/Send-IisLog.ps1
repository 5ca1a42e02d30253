# Sends IIS's log files (W3C format) to System Logs Analyzer, from where the last run ended,
# each line once. For Windows PowerShell 5.1 and PowerShell 7; README.md says how.
#
#   powershell -File Send-IisLog.ps1 -Url http://127.0.0.1:3000 -Folder C:\inetpub\logs\LogFiles\W3SVC1 -Service shop
param(
    [Parameter(Mandatory = $true)] [string] $Url,
    [string] $Folder = 'C:\inetpub\logs\LogFiles\W3SVC1',
    [string] $Service = 'iis',
    [string] $State = (Join-Path $env:ProgramData 'loganalyzer'),
    [int] $PartBytes = 1MB
)
$ErrorActionPreference = 'Stop'
. (Join-Path $PSScriptRoot 'Send-Part.ps1')

# At most $count bytes of a file that IIS is writing, from $from on.
function Read-Bytes($path, [long]$from, [int]$count) {
    $file = [IO.File]::Open($path, 'Open', 'Read', 'ReadWrite, Delete')
    try {
        [void]$file.Seek($from, 'Begin')
        $buffer = New-Object byte[] $count
        $n = 0
        do { $got = $file.Read($buffer, $n, $count - $n); $n += $got } while ($got -gt 0 -and $n -lt $count)
        $bytes = New-Object byte[] $n
        [Array]::Copy($buffer, $bytes, $n)
        return , $bytes # as one array, not byte by byte
    } finally { $file.Dispose() }
}

foreach ($log in @(Get-ChildItem -LiteralPath $Folder -Filter 'u_ex*.log' | Sort-Object Name)) {
    $stream = Open-Stream $State "iis-$($log.FullName)"
    $most = $PartBytes
    while ($true) {
        # A part was sent and its answer is not known: the same part again, to its end.
        $count = $most
        if ($stream.Pending -gt 0) { $count = [int]($stream.Pending - $stream.At) }
        $bytes = Read-Bytes $log.FullName $stream.At $count
        $end = 0 # whole lines only
        if ($bytes.Length -gt 0) { $end = [Array]::LastIndexOf($bytes, [byte]10) + 1 }
        if ($end -eq 0 -and $bytes.Length -eq $count) { throw "$($log.FullName): the line at byte $($stream.At) is longer than a part ($count bytes)" }
        if ($end -eq 0) { break }
        $text = [Text.Encoding]::UTF8.GetString($bytes, 0, $end)
        $fields = $stream.Note # the columns' names, which the server wants with each part
        $lines = @($text -split "`r?`n" | Where-Object { $_ })
        $heads = @($lines | Where-Object { $_.StartsWith('#Fields: ') })
        $to = $stream.At + $end
        if (@($lines | Where-Object { -not $_.StartsWith('#') }).Count -gt 0) {
            $body = $text
            if ($fields) { $body = $fields + "`n" + $text }
            if ($heads.Count -gt 0) { $stream.Next = $heads[-1] }
            $why = Send-Part $Url $stream $to $body 'text/plain; charset=utf-8' $Service
            if ($why -and $end -le 131072) { throw "$($log.FullName): the server refuses what follows byte $($stream.At) ($why)" }
            if ($why) { $most = [int][Math]::Floor($end / 2) } # a smaller part
        } else {
            if ($heads.Count -gt 0) { $stream.Next = $heads[-1] }
            Complete-Part $stream $to # heads alone are nothing to store
        }
    }
}
