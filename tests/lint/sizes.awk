# sizes.awk - functions of at most 60 lines and 6 parameters, .c files of at most 500
# lines, headers of at most 120. Run over .c and .h files: awk -f sizes.awk FILE...
#
# No C parser: comments, texts and preprocessor lines are taken out, then braces are
# counted. At the outermost level a '{' whose declaration ends in ')' begins a function;
# it is counted from the first line of its head to its '}'.

BEGIN {
    FUNCTION_LINES = 60
    PARAMETERS = 6
    SOURCE_LINES = 500
    HEADER_LINES = 120
}

function complain(file, line, what) {
    printf "%s:%d: %s\n", file, line, what
}

function end_of_file(    max) {
    max = file ~ /\.h$/ ? HEADER_LINES : SOURCE_LINES
    if (lines > max) {
        complain(file, lines, "the file has " lines " lines; " max " are allowed")
    }
    if (depth != 0) {
        complain(file, lines, "sizes.awk has lost count of the braces")
    }
}

FNR == 1 {
    if (file != "") {
        end_of_file()
    }
    file = FILENAME
    depth = in_comment = in_directive = in_function = 0
    head = ""
}

{
    lines = FNR
    read_line(bare($0))
}

END {
    if (file != "") {
        end_of_file()
    }
}

# The line without comments, with texts and characters emptied. Directives become blank.
function bare(s,    out, c, i, n) {
    if (in_directive || (!in_comment && s ~ /^[ \t]*#/)) {
        in_directive = s ~ /\\$/
        return ""
    }
    out = ""
    n = length(s)
    for (i = 1; i <= n; i++) {
        c = substr(s, i, 1)
        if (in_comment) {
            if (c == "*" && substr(s, i + 1, 1) == "/") {
                in_comment = 0
                i++
            }
        } else if (c == "/" && substr(s, i + 1, 1) == "*") {
            in_comment = 1
            i++
        } else if (c == "/" && substr(s, i + 1, 1) == "/") {
            break
        } else if (c == "\"" || c == "'") {
            i = end_of_text(s, i, c)
            out = out c c
        } else {
            out = out c
        }
    }
    return out
}

function end_of_text(s, i, quote,    c) {
    for (i++; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (c == "\\") {
            i++
        } else if (c == quote) {
            break
        }
    }
    return i
}

# Only braces, and at the outermost level ';', change what is known: jump from one to the
# next.
function read_line(s,    at, c) {
    while (s != "") {
        at = match(s, depth == 0 ? "[{};]" : "[{}]")
        if (depth == 0) {
            add_to_head(at ? substr(s, 1, at - 1) : s)
        }
        if (!at) {
            return
        }
        c = substr(s, at, 1)
        s = substr(s, at + 1)
        if (c == "{") {
            if (depth++ == 0) {
                begin_function()
            }
        } else if (c == "}") {
            if (--depth == 0) {
                end_function()
            }
        } else {
            head = ""
        }
    }
}

function add_to_head(s) {
    if (head == "" && s ~ /[^ \t]/) {
        head_line = FNR
    }
    if (head != "" || s ~ /[^ \t]/) {
        head = head " " s
    }
}

# Is what stands before the brace the head of a function? Attributes may follow its ')'.
function begin_function(    h) {
    h = head
    while (h ~ /__attribute__[ \t]*\(\(/) {
        sub(/__attribute__[ \t]*\(\(([^()]|\([^()]*\))*\)\)/, "", h) || sub(/__attribute__/, "", h)
    }
    sub(/[ \t]+$/, "", h)
    if (h !~ /\)$/ || h ~ /^[ \t]*(struct|union|enum)[ \t]*[A-Za-z_0-9]*$/) {
        in_function = 0
        return
    }
    in_function = 1
    function_line = head_line
    name = h
    sub(/[ \t]*\(.*/, "", name)
    sub(/.*[ \t*]/, "", name)
    count_parameters(h)
}

# Commas between the outermost parentheses, and one.
function count_parameters(h,    i, c, inner, n) {
    h = substr(h, index(h, "("))
    n = 1
    for (i = 1; i <= length(h); i++) {
        c = substr(h, i, 1)
        inner += (c == "(") - (c == ")")
        n += (c == "," && inner == 1)
    }
    if (n > PARAMETERS) {
        complain(file, function_line, name " has " n " parameters; " PARAMETERS " are allowed")
    }
}

function end_function(    n) {
    n = FNR - function_line + 1
    if (in_function && n > FUNCTION_LINES) {
        complain(file, function_line, name " has " n " lines; " FUNCTION_LINES " are allowed")
    }
    in_function = 0
    head = ""
}
