#!/bin/sh
# Prints the given SQL files, in order, as a C array of strings: build/gen/migrations.h.
echo '/* made by sql/embed.sh from sql/migrations */'
echo 'static const char *const migrations[] = {'
for file in "$@"; do
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$file"
    echo '    ,'
done
echo '};'
