# printf.awk - SQL, JSON or HTML that is made by printf from data: what people send would
# become part of the language. SQL binds, JSON is json_out, HTML is textContent.
#
# A literal (neighbours on following lines belong to it) that looks like one of the three
# must hold no conversion. Run over .c and .h files: awk -f printf.awk FILE...

function complain(what) {
    printf "%s:%d: %s\n", file, first, what
}

function judge() {
    if (text ~ /%[-0-9.*]*(l|ll|z)?[sdiuxqQwgf]/) {
        if (file ~ /^sql\// && text ~ /%[-0-9.*]*[sqQw]/ &&
            text ~ /(^|[^A-Z_])(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|ATTACH|VACUUM|FROM|WHERE|VALUES|ORDER BY)([^A-Z_]|$)/) {
            complain("SQL by printf: bind the value")
        }
        if (text ~ /\\"[ ]*:[ ]*(\\")?%/ || text ~ /[{,][ ]*\\"%/ || text ~ /\\"[a-z_]+\\"[ ]*:/) {
            complain("JSON by printf: use json_out")
        }
        if (text ~ /<\/?(html|head|title|body|div|span|p|a|b|i|br|pre|code|table|tr|td|th|ul|ol|li|h[1-6]|img|form|input|script|style)[ \/>]/) {
            complain("HTML by printf")
        }
    }
    text = ""
}

FNR == 1 {
    judge()
    file = FILENAME
}

{
    line = $0
    # A line that does not begin with a literal ends the one before it.
    if (line !~ /^[ \t]*"/) {
        judge()
    }
    while (match(line, /"([^"\\]|\\.)*"/)) {
        if (text == "") {
            first = FNR
        } else if (substr(line, 1, RSTART - 1) ~ /[^ \t]/) {
            judge() # something stands between the two
            first = FNR
        }
        text = text substr(line, RSTART + 1, RLENGTH - 2)
        line = substr(line, RSTART + RLENGTH)
    }
}

END {
    judge()
}
