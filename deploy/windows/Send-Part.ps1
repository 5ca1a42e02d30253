# What the two scripts beside this one share: how far a log is sent, and sending a part of it.
#
# A part has a name, made of the machine, the log and the place where it ends. The server
# stores a part of one name once, so it can be sent again whenever the answer is not known.
# For that the place is noted before the part is sent (Pending), and what is sent again is
# exactly that part. The state is a text file of NAME=VALUE lines in the folder of -State.

function Open-Stream([string]$folder, [string]$name) {
    [void](New-Item -ItemType Directory -Force -Path $folder)
    $path = Join-Path $folder (($name -replace '[^A-Za-z0-9._-]', '_') + '.state')
    $stream = @{
        Path = $path; Name = "$([Environment]::MachineName)|$name"
        Round = [long]0   # how often it has begun anew
        At = [long]0      # all up to here is stored
        Pending = [long]0 # a part up to here may be; 0: none is under way
        Note = ''; Next = '' # for the caller: of what is at At, and after the part
    }
    if (Test-Path -LiteralPath $path) {
        foreach ($line in [IO.File]::ReadAllLines($path)) {
            $key, $value = $line -split '=', 2
            if ($key -eq 'Note' -or $key -eq 'Next') { $stream[$key] = $value }
            elseif ($stream.ContainsKey($key)) { $stream[$key] = [long]$value }
        }
    }
    return $stream
}

function Save-Stream($stream) {
    $lines = @('Round', 'At', 'Pending', 'Note', 'Next' | ForEach-Object { "$_=$($stream[$_])" })
    [IO.File]::WriteAllLines("$($stream.Path).new", [string[]]$lines)
    Move-Item -Force -LiteralPath "$($stream.Path).new" -Destination $stream.Path
}

function Reset-Stream($stream) {
    $stream.Round++
    $stream.At = [long]0
    $stream.Pending = [long]0
    $stream.Note = ''
    $stream.Next = ''
    Save-Stream $stream
}

function Complete-Part($stream, [long]$to) {
    $stream.At = $to
    $stream.Pending = [long]0
    if ($stream.Next) { $stream.Note = $stream.Next }
    $stream.Next = ''
    Save-Stream $stream
}

function Get-Position($stream, [long]$at) {
    $sha = [Security.Cryptography.SHA256]::Create()
    try {
        $bytes = $sha.ComputeHash([Text.Encoding]::UTF8.GetBytes("$($stream.Name)|$($stream.Round)|$at"))
    } finally { $sha.Dispose() }
    return (@($bytes | ForEach-Object { $_.ToString('x2') }) -join '')
}

# The API key, if the server wants one: of the file api-key beside the state, or of API_KEY.
function Get-KeyHeader($stream) {
    $file = Join-Path (Split-Path -Parent $stream.Path) 'api-key'
    $key = $env:API_KEY
    if (Test-Path -LiteralPath $file) { $key = [IO.File]::ReadAllText($file).Trim() }
    if (-not $key) { return @{} }
    return @{ Authorization = "Bearer $key" }
}

# Sends $body, which is what follows $stream.At up to $to, and notes that it is through. Tries
# again for ten minutes; then it fails, and the next run goes on with the same part. Gives
# nothing, or why the server will never take this part as it is: it is too large (413), or the
# server itself, not something before it, finds a fault in it (400). Then it is not stored.
function Send-Part([string]$url, $stream, [long]$to, [string]$body, [string]$type, [string]$service) {
    $head = '{{"after":"{0}","position":"{1}","bytes":{2},"seen":9223372036854775807}}' -f `
        (Get-Position $stream $stream.At), (Get-Position $stream $to), $to
    $uri = $url.TrimEnd('/') + '/imports'
    if ($service) { $uri += '?service=' + [Uri]::EscapeDataString($service) }
    $bytes = [Text.Encoding]::UTF8.GetBytes($head + "`n" + $body)
    $stream.Pending = $to
    Save-Stream $stream
    $waited = 0
    for ($wait = 1; ; $wait = [Math]::Min(2 * $wait, 60)) {
        try {
            [void](Invoke-RestMethod -Uri $uri -Method Post -Body $bytes -ContentType $type -Headers (Get-KeyHeader $stream) -TimeoutSec 120)
            break
        } catch {
            $status = 0 # no answer at all
            if ($_.Exception.Response) { $status = [int]$_.Exception.Response.StatusCode }
            $said = "$($_.ErrorDetails.Message) $($_.Exception.Message)"
            if ($status -eq 413 -or ($status -eq 400 -and $said -match 'about:blank')) {
                $stream.Pending = [long]0
                $stream.Next = ''
                Save-Stream $stream
                return "status $status, $said"
            }
            $waited += $wait
            if (($status -ge 400 -and $status -lt 500 -and $status -ne 408 -and $status -ne 429) -or $waited -gt 600) {
                throw "the server did not take records up to $to (status $status): $said"
            }
            Start-Sleep -Seconds $wait
        }
    }
    Complete-Part $stream $to
}
