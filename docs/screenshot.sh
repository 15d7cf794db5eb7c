#!/usr/bin/env bash
# Renews what the README and docs/page.md show of a running lab (make up): the doctor's report of an N+1, and pictures of the page in light and dark.
set -euo pipefail
cd "$(dirname "$0")/.."
lab=http://localhost:${LAB_PORT:-8000} order=http://localhost:${ORDER_PORT:-8080} jaeger=http://localhost:${JAEGER_UI_PORT:-16686}

browser=${CHROMIUM:-$(command -v chromium chromium-browser google-chrome | head -1 || true)}
[ -n "$browser" ] || { echo "no Chromium in PATH (CHROMIUM=FILE names one)"; exit 1; }
curl -sf $lab/readyz >/dev/null || { echo "the lab is not running: start it with make up"; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

trace=$(curl -si "$order/orders/50?fetch=each" | sed -n 's/^Traceresponse: 00-\([0-9a-f]*\)-.*/\1/p')
.bin/doctor -jaeger "$jaeger" "$trace" >"$scratch/report" || [ $? = 3 ] # there is something to fix
awk -v report="$scratch/report" '
  /^<!-- end of report -->/ { print "```"; skip = 0 }
  !skip
  /^<!-- report:/ { print "```"; while ((getline line < report) > 0) print line; skip = 1 }
' README.md >"$scratch/README.md"
cp "$scratch/README.md" README.md

# picture FILE ADDRESS HEIGHT [FLAG…] takes a picture of a page.
picture() {
  "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$scratch/profile" "${@:4}" --window-size="1130,$3" \
    --force-device-scale-factor=0.8 --virtual-time-budget=3000 --screenshot="$scratch/$1" "$2" 2>/dev/null
  cp "$scratch/$1" "docs/$1"
  ls -l "docs/$1"
}
result=$(curl -sfL -d '' -o /dev/null -w '%{url_effective}' "$lab/scenarios/n-plus-one-far-away")
for path in '/orders/50?fetch=each' /orders/10/quote '/orders/7?cache=on' '/orders/3/quote?fail=inventory:503@0.5'; do
  for _ in 1 2 3 4 5; do curl -s -o /dev/null "$order$path"; done
done
sleep 2 # until Jaeger has them
curl -s -o /dev/null "$lab/"
picture result.png "$result" 1250
picture home-light.webp "$lab/" 830
picture home-dark.webp "$lab/" 830 --force-dark-mode
picture result-light.webp "$result" 1250
picture result-dark.webp "$result" 1250 --force-dark-mode
