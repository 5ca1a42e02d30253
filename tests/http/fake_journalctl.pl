#!/usr/bin/perl
# fake_journalctl.pl - journalctl as far as `loganalyzer send --journal` uses it: its "journal"
# is the file $FAKE_JOURNAL of lines "N TEXT", and the cursor of the entry N is "s=fake;i=N".
use strict;
use warnings;
my ($after, $follow, $message) = (0, 0, 1);
for (@ARGV) {
    if (/^--after-cursor=.*i=(\d+)$/) { $after = $1 }
    elsif ($_ eq '--follow')          { $follow = 1 }
    elsif (/^--output-fields=(MESSAGE,)?/) { $message = defined $1 }
    elsif (!/^(--no-tail|--quiet|--output|export|--lines=1)$/) { die "what is $_?\n" }
}
$| = 1;
open(my $journal, '<', $ENV{FAKE_JOURNAL}) or exit 0;
my $part = '';
do {
    while (defined(my $line = <$journal>)) {
        $part .= $line;
        next unless $part =~ /\n\z/;
        if ($part =~ /^(\d+) (.*)/ && $1 > $after) {
            print "__CURSOR=s=fake;i=$1\n__REALTIME_TIMESTAMP=", 1795351418000000 + $1, "\n",
                "PRIORITY=6\n_HOSTNAME=web1\nSYSLOG_IDENTIFIER=fake\n",
                $message ? "MESSAGE=$2\n" : '', "\n";
        }
        $part = '';
    }
    select(undef, undef, undef, 0.02);
    seek($journal, 0, 1);
} while ($follow);
