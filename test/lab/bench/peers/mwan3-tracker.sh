#!/bin/sh
# How mwan3 tracks an interface (net/mwan3 in OpenWrt's packages), told again for the bench. Once an
# interval it pings its targets one after the other until enough of them have answered. A score says
# how the line is: full after the start; each round that too few answer takes one off, each good
# one fills it again. At `up` the line is offline, and `up` good rounds in a row bring it back.
# Where mwan3 then runs its hotplug scripts, a single rule moves here: the tracker at its best.
set -eu
count=$1 reliability=$2 timeout=$3 interval=$4 down=$5 up=$6
shift 6
full=$((down + up))
score=$full
active=100

flip() {
  [ "$active" = "$1" ] && return
  ip rule add priority 10900 lookup "$1"
  ip rule delete priority 10900 lookup "$active"
  active=$1
}

while :; do
  answered=0
  for target in "$@"; do
    [ "$answered" -ge "$reliability" ] && break
    if ping -n -q -c "$count" -W "$timeout" -m 1 "$target" >/dev/null 2>&1; then
      answered=$((answered + 1))
    fi
  done
  if [ "$answered" -lt "$reliability" ]; then
    score=$((score - 1))
    if [ "$score" -eq "$up" ]; then flip 101; fi
    if [ "$score" -le "$up" ]; then score=0; fi
  else
    score=$((score + 1))
    if [ "$score" -eq "$up" ]; then flip 100; fi
    if [ "$score" -ge "$up" ]; then score=$full; fi
  fi
  sleep "$interval"
done
