#!/usr/bin/perl
# raw.pl SOCKET - sends standard input as it is to a web server and prints what comes back,
# until the server closes: for requests that curl would not send.
use strict;
use warnings;
use IO::Socket::UNIX;

$SIG{PIPE} = 'IGNORE'; # it may refuse before it has read all
alarm 20;
my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$ARGV[0]: $!";
my $request = do { local $/; <STDIN> };
for (my $at = 0; $at < length $request;) {
    my $n = $s->syswrite($request, length($request) - $at, $at);
    last unless $n;
    $at += $n;
}
print while sysread($s, $_, 65536);
