# shellcheck shell=bash
# readme.sh - README's table "From the prototype", for the tests that carry out its rows.

# The commands on the right, one a line, of the file README.md in the working directory.
# shellcheck disable=SC2016 # the backticks are the table's
prototype_rows() {
    sed -n '/^## From the prototype/,/^## More/s/^| .* | `\(.*\)` |$/\1/p' README.md |
        sed 's/\\|/|/g'
}
