#!/bin/sh
# What people write who need a failover: a ping a second, three misses in a row, flip. The bench
# measures it beside the daemon, so that a figure is a ratio and not a machine's mood. It is the
# loop at its best: a miss costs the second that the ping waited and none on top, the ping is
# pinned to its line by a mark, and nothing but the ping is checked.
set -eu
target=$1
misses=0
active=100

# The new rule first: between the two commands traffic has a way, whichever it is.
flip() {
  [ "$active" = "$1" ] && return
  ip rule add priority 10900 lookup "$1"
  ip rule delete priority 10900 lookup "$active"
  active=$1
}

while :; do
  if ping -n -q -c 1 -W 1 -m 1 "$target" >/dev/null 2>&1; then
    misses=0
    flip 100
    sleep 1
  else
    misses=$((misses + 1))
    if [ "$misses" -ge 3 ]; then flip 101; fi
  fi
done
