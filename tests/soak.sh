# shellcheck shell=bash disable=SC2154
# The long form of the random tests, a part of dev, which sources it: round after round, each with a seed of its own, until the time is over. Each step
# leaves one file of results in build/soak, so that a soak that was broken off goes on with the first step that has none.

# The tests that take a seed, or try more the longer they run; a regular expression of ctest.
soak_tests='PowerCut|FaultLoop|DiskFault|Simulation|Isolation|Crash|FoldProperty|AnswersLikeTheModelWhateverArrives'
soak_tests+='|RebuildTest.GivesTheSameBytes|AuditQueriesTest.MomentsInViews|CheckpointRule|FoldOfAllTest|ForeignProcess'
soak_tests+='|HistoryChecker.AcceptsWhatTheModelAnswersToManySessions'

soak=$root/build/soak
soak_child=0        # the step that runs, the leader of a process group; 0 for none
soak_interrupted=no # or yes

soak_usage() { die "usage: ./dev soak [--fresh] [HOURS] or ./dev soak --summary"; }

soak() {
  local fresh=no hours=2
  if [[ ${1-} == --summary ]]; then
    (($# == 1)) || soak_usage
    [[ -e $soak/begun ]] || die "there was no soak yet"
    soak_summary
    return
  fi
  if [[ ${1-} == --fresh ]]; then
    fresh=yes
    shift
  fi
  if (($# > 0)); then hours=$1; fi
  [[ $# -le 1 && $hours =~ ^[0-9]+([.][0-9]+)?$ ]] || soak_usage

  soak_begin "$fresh"
  local suite status=0
  for suite in "${suites[@]}"; do build "$suite"; done
  trap soak_interrupt INT TERM
  soak_rounds "$((SECONDS + $(awk -v hours="$hours" 'BEGIN { printf "%d", hours * 3600 }')))" || status=1
  trap - INT TERM
  soak_summary || status=1
  return "$status"
}

# Goes on with the last soak, if it was one of these sources, or begins another.
soak_begin() {
  if [[ $1 == yes ]]; then rm -rf "$soak"; fi
  if [[ -e $soak/begun ]]; then
    is_current "$soak/begun" || die "the soak in build/soak is of other sources: ./dev soak --fresh starts over"
    return
  fi
  mkdir -p "$soak"
  { commit && date +%s%3N; } >"$soak/begun.part"
  mv "$soak/begun.part" "$soak/begun"
}

# The seed of round $1. Far from that of every other, for tests count up from their seed, and some from a million behind it as well.
soak_seed() {
  local first
  first=$(sed -n 2p "$soak/begun")
  printf '%d' "$((first + $1 * 1000000007))"
}

# What a round is made of.
soak_steps() { printf '%s\n' debug asan tsan fuzz; }

soak_result() {
  local round=$1 step=$2 kind=xml
  if [[ $step == fuzz ]]; then kind=txt; fi
  printf '%s/round-%d-%s.%s' "$soak" "$round" "$step" "$kind"
}

# Begins no step once $1 (of SECONDS) is over, and lets the last one end.
soak_rounds() {
  local deadline=$1 round step
  for ((round = 1; ; round++)); do
    for step in $(soak_steps); do
      if [[ -e $(soak_result "$round" "$step") ]]; then continue; fi
      if ((SECONDS >= deadline)) || [[ $soak_interrupted == yes ]]; then return 0; fi
      soak_step "$round" "$step" || return
    done
  done
}

# One step. Failing tests stand in its results and end nothing; a step without results ends the soak.
soak_step() {
  local round=$1 step=$2 result
  result=$(soak_result "$round" "$step")
  rm -f "$result.part"
  say "soak: round $round, $step, LEDGER_TEST_SEED=$(soak_seed "$round") …"
  set -m # a process group of its own, so that an interrupt reaches this script alone, and this script all of the step
  soak_run "$round" "$step" "$result.part" >"$soak/step.log" 2>&1 &
  soak_child=$!
  set +m
  local status=0
  wait "$soak_child" || status=$?
  while [[ $soak_interrupted == yes ]] && kill -0 "$soak_child" 2>/dev/null; do wait "$soak_child" || true; done # an interrupt ends a wait early
  soak_child=0
  if [[ $soak_interrupted == yes ]]; then return 0; fi
  if [[ ! -s $result.part ]]; then
    say "soak: round $round, $step left no results; the end of build/soak/step.log:"
    tail -n 20 "$soak/step.log" >&2
    return 1
  fi
  mv "$result.part" "$result" || return
  if ((status != 0)); then say "soak: round $round, $step FAILED"; fi
}

# The work of a step, in a process of its own.
soak_run() {
  local round=$1 step=$2 result=$3
  trap - INT TERM
  export LEDGER_TEST_SEED LEDGER_TEST_SCALE_PERCENT=100
  LEDGER_TEST_SEED=$(soak_seed "$round")
  if [[ $step != fuzz ]]; then
    run_suite "$step" -R "$soak_tests" --output-junit "$result"
    return
  fi
  local status=0
  run_fuzzers 300 || status=$?
  cp "$root/build/asan/fuzz.txt" "$result"
  return "$status"
}

soak_interrupt() {
  soak_interrupted=yes
  say "soak: interrupted; ./dev soak goes on with this step"
  if ((soak_child != 0)); then kill -TERM -- "-$soak_child" 2>/dev/null || true; fi
}

# Writes build/soak/summary.md from every result, and prints it. Fails when something failed.
soak_summary() {
  local step round rounds=0 results=() status=0
  for ((round = 1; ; round++)); do
    local found=no
    for step in debug asan tsan fuzz; do
      if [[ ! -s $(soak_result "$round" "$step") ]]; then continue; fi
      found=yes
      results+=("$step=$(soak_result "$round" "$step")")
    done
    if [[ $found == no ]]; then break; fi
    rounds=$round
  done
  if ((${#results[@]} == 0)); then
    say "soak: no step has ended yet"
    return 0
  fi
  report --partial --output "$soak/summary.md" --made-by "./dev soak" --title "What the soak found" \
    --date "$(date -u '+%F %H:%M UTC'), rounds: $rounds, seeds: $(soak_seed 1) to $(soak_seed "$rounds")" \
    --commit "$(sed -n 1p "$soak/begun")" "${results[@]}" || status=$?
  cat "$soak/summary.md"
  return "$status"
}
