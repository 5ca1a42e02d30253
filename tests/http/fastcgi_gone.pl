#!/usr/bin/perl
# fastcgi_gone.pl SOCKET BODY - a web server that hands a POST /ingest to a responder and
# hangs up at once, as one does whose client has gone or that has given up waiting.
use strict;
use warnings;
use IO::Socket::UNIX;

my ($socket, $body) = @ARGV;
sub frame { pack('CCnnCx', 1, $_[0], 1, length $_[1], 0) . $_[1] }
my %params = (REQUEST_METHOD => 'POST', SCRIPT_NAME => '/ingest',
    CONTENT_LENGTH => length $body);
my $params = join '', map { pack('CC', length $_, length $params{$_}) . $_ . $params{$_} }
    sort keys %params;
my $s = IO::Socket::UNIX->new(Peer => $socket) or die "$socket: $!";
$s->syswrite(frame(1, pack('nCx5', 1, 0)) . frame(4, $params) . frame(4, '') .
    frame(5, $body) . frame(5, '')) or die $!;
