#!/usr/bin/env perl
# Writes docs/guarantees.md: every promise of promises.txt with the tests that prove it, how often they ran, and what they counted.
# usage: report.pl --promises FILE --output FILE [--title T] [--date D] [--commit C] [--machine M] [--partial] SUITE=RESULTS...
#   RESULTS is the JUnit XML of ctest, or for a suite "fuzz" the results.txt of tests/fuzz/run.
# Exits with 1 when a test failed or, without --partial, when a proof did not run.
use strict;
use warnings;
use Getopt::Long;

my %option = (title => 'What the ledger guarantees', date => '', commit => '', machine => '', partial => 0);
GetOptions(\%option, 'promises=s', 'output=s', 'title=s', 'date=s', 'commit=s', 'machine=s', 'made-by=s', 'partial!') or exit 2;

sub slurp {
  my ($path) = @_;
  open my $file, '<', $path or die "report: cannot read $path: $!\n";
  local $/ = undef;
  return <$file>;
}

# "Prefix/Suite/0.Test/3" is Suite.Test of the source.
sub plain_name {
  my ($name) = @_;
  my ($suite, $test) = $name =~ /^([^.]*)(\..*)?$/s;
  $suite =~ s{/\d+$}{};
  $suite =~ s{^.*/}{};
  $test = defined $test ? $test =~ s{/.*}{}r : '';
  return $suite . $test;
}

my %runs;      # name => suite => number of runs
my %counted;   # name => what => sum
my @failures;
my %skipped;
for my $argument (@ARGV) {
  my ($suite, $path) = $argument =~ /^([^=]+)=(.*)$/ or die "report: '$argument' is not SUITE=FILE\n";
  my $text = slurp($path);
  if ($suite =~ /^fuzz/) {
    for (split /\n/, $text) {
      my ($target, $inputs, undef, $verdict) = split or next;
      $runs{"fuzz:$target"}{fuzz}++;
      $counted{"fuzz:$target"}{"inputs to fuzzer $target"} += $inputs;
      push @failures, "fuzz:$target ($suite)" if $verdict ne 'passed';
    }
    next;
  }
  my $cases = 0;
  while ($text =~ m{<testcase name="([^"]*)"[^>]*?status="(\w+)"[^>]*?(?:/>|>(.*?)</testcase>)}gs) {
    my ($name, $status, $output) = (plain_name($1), $2, $3 // '');
    $cases++;
    next if $name =~ /^GuaranteesDocument\./; # reads what this script writes
    if ($status eq 'disabled' or ($status eq 'notrun' and $output =~ /message="SKIP_/)) { $skipped{$name} = 1; next; }
    $runs{$name}{$suite}++;
    push @failures, "$name ($suite)" . ($output =~ /.*LEDGER_TEST_SEED=(\d+)/s ? ", LEDGER_TEST_SEED=$1" : '') if $status ne 'run';
    $counted{$name}{$2} += $1 while $output =~ /^\[ EVIDENCE \] (\d+) (\S.*)$/gm;
  }
  die "report: $path holds no test case\n" if !$cases;
}

sub grouped { my $number = reverse shift; $number =~ s/(\d{3})(?=\d)/$1,/g; return scalar reverse $number; }

my @lines = ("# $option{title}", '', 'For everybody who relies on a promise: which tests prove it, and in which run they passed. Written by '
    . '`' . ($option{'made-by'} // './dev guarantees') . '`.', '', '| | |', '|---|---|');
push @lines, "| $_ | $option{$_} |" for grep { $option{$_} ne '' } qw(date commit machine);

my (@missing, $promise, @proofs);
sub end_promise {
  return if !defined $promise;
  my (%suites, %sums, @absent, %seen);
  for my $proof (@proofs) {
    (my $pattern = quotemeta $proof) =~ s/\\\.\\\*$/\\..*/;
    my @names = grep { /^$pattern$/ } keys %runs;
    push @absent, $proof if !@names;
    for my $name (grep { !$seen{$_}++ } @names) {
      $suites{$_} += $runs{$name}{$_} for keys %{$runs{$name}};
      $sums{$_} += $counted{$name}{$_} for keys %{$counted{$name} // {}};
    }
  }
  push @missing, map { "$_ did not run" . ($skipped{$_} ? ' (it was skipped)' : '') } @absent if !$option{partial};
  my %suites_of; # number of runs => suites
  push @{$suites_of{$suites{$_}}}, $_ for sort keys %suites;
  my $runs = join(', ', map { join('/', @{$suites_of{$_}}) . "×$_" } sort { $a <=> $b } keys %suites_of) || '–';
  my $sums = join('; ', map { grouped($sums{$_}) . " $_" } sort keys %sums) =~ s/\|/\//gr || '–';
  $runs .= ' (**did not run**: ' . join(', ', @absent) . ')' if @absent && !$option{partial};
  push @lines, "| $promise | " . join(', ', map { "`$_`" } @proofs) . " | $runs | $sums |";
  ($promise, @proofs) = (undef);
}
for (split /\n/, slurp($option{promises})) {
  next if /^#/ || /^\s*$/;
  if (/^\[(.*)\]$/) { end_promise(); push @lines, '', "## $1", '', '| promise | proven by | runs | counted |', '|---|---|---|---|'; next; }
  if (s/^\s+//) { push @proofs, split; next; }
  end_promise();
  $promise = $_;
}
end_promise();
push @lines, '', '## Failed', '', map { "- **FAILED**: $_" } @failures if @failures;

open my $output, '>', $option{output} or die "report: cannot write $option{output}: $!\n";
print $output "$_\n" for @lines;
close $output or die "report: cannot write $option{output}: $!\n";
print STDERR "report: $_\n" for @missing, map { "$_ FAILED" } @failures;
exit(@missing || @failures ? 1 : 0);
