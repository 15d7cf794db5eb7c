#!/usr/bin/env bash
# Renews what the README shows of a running lab (make up): the doctor's report of an N+1, and docs/result.png.
set -euo pipefail
cd "$(dirname "$0")/.."
lab=http://localhost:8000 order=http://localhost:8080

browser=${CHROMIUM:-$(command -v chromium chromium-browser google-chrome | head -1 || true)}
[ -n "$browser" ] || { echo "no Chromium in PATH (CHROMIUM=FILE names one)"; exit 1; }
curl -sf $lab/readyz >/dev/null || { echo "the lab is not running: start it with make up"; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

trace=$(curl -si "$order/orders/50?fetch=each" | sed -n 's/^Traceresponse: 00-\([0-9a-f]*\)-.*/\1/p')
.bin/doctor "$trace" >"$scratch/report" || [ $? = 3 ] # there is something to fix
awk -v report="$scratch/report" '
  /^<!-- end of report -->/ { print "```"; skip = 0 }
  !skip
  /^<!-- report:/ { print "```"; while ((getline line < report) > 0) print line; skip = 1 }
' README.md >"$scratch/README.md"
cp "$scratch/README.md" README.md

result=$(curl -sfL -d '' -o /dev/null -w '%{url_effective}' $lab/scenarios/n-plus-one-far-away)
"$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$scratch/profile" \
  --window-size=1130,1030 --force-device-scale-factor=0.8 --virtual-time-budget=2000 --screenshot="$scratch/result.png" "$result" 2>/dev/null
cp "$scratch/result.png" docs/result.png
ls -l docs/result.png
