# prometheus.awk - is this the text format of Prometheus, version 0.0.4? Prints what is wrong.
# The format's rules and those of `promtool check metrics` that can be broken here: names and
# labels, HELP and TYPE once before a family's samples, which are together and each there
# once, numbers, counters that end in _total and nothing else that does, histograms whose
# pieces rise to their count.

function wrong(what) {
    printf "line %d: %s: %s\n", NR, what, $0
}

function family_of(name,    base) {
    base = name
    sub(/_(bucket|sum|count)$/, "", base)
    return base in types && types[base] == "histogram" ? base : name
}

/^# HELP / {
    if ($3 in helps) wrong("a second HELP")
    if (NF < 4) wrong("HELP says nothing")
    helps[$3] = 1
    next
}
/^# TYPE / {
    if ($3 in types) wrong("a second TYPE")
    if (!($3 in helps)) wrong("TYPE before HELP")
    if ($4 !~ /^(counter|gauge|histogram)$/) wrong("no such type")
    if (($4 == "counter") != ($3 ~ /_total$/)) wrong("counters, and only they, end in _total")
    types[$3] = $4
    current = $3
    next
}
/^#/ || /^$/ { wrong("no line of ours"); next }

{
    if (!match($0, /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\[\\n"])*",?)*\})? [^ ]+$/)) {
        wrong("no sample")
        next
    }
    series = $0
    sub(/ [^ ]+$/, "", series)
    name = series
    sub(/\{.*/, "", name)
    if (series in seen) wrong("a series twice")
    seen[series] = 1
    if (family_of(name) != current) wrong("a sample outside its family")
    if (name !~ /^loganalyzer_/) wrong("not our name")
    value = $NF
    if (value !~ /^[-+]?([0-9]+(\.[0-9]*)?(e[-+]?[0-9]+)?|Inf|NaN)$/) wrong("no number")
    if (types[current] != "gauge" && value + 0 < 0) wrong("negative")
    if (types[current] == "histogram") {
        labels = series
        sub(/^[^{]*/, "", labels)
        if (name ~ /_bucket$/) {
            if (!match(labels, /le="[^"]*"/)) wrong("a piece without le")
            sub(/,?le="[^"]*"/, "", labels)
            if (value + 0 < last[current labels] + 0) wrong("pieces do not rise")
            last[current labels] = value
            if (series ~ /le="\+Inf"/) all[current labels] = value
        } else if (name ~ /_count$/ && all[current labels] != value) {
            wrong("not as many as in all pieces")
        }
    }
    samples++
}

END {
    if (samples == 0) print "no samples"
    for (t in types) if (!(t in helps)) print "no HELP of " t
}
