#!/bin/sh
# MT940 reader @centrapay/swift-parser 1.0.1: the entry date gets the year of the value date, so at
# New Year it is a year off, in both directions, and 29 February becomes 1 March.
#
# Valid input: a field 61 has the value date as YYMMDD and the entry date as MMDD without a year
# (SWIFT User Handbook, MT 940, field 61, subfield 2). What is meant is the day beside it.
# Seen on Node 20.20: entry 0102 under value date 31 December 2025 is 2 January 2025; entry 1231
# under 2 January 2026 is 31 December 2026; entry 0229 under 31 December 2023 is 1 March 2023.
# Amounts and reversals (RC) of this reader are right. Exits 1 as soon as one of that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module", "private": true }' > package.json
npm install --silent --no-audit --no-fund @centrapay/swift-parser@1.0.1
cat > probe.mjs <<'PROBE'
import { parse } from '@centrapay/swift-parser';

const cases = [
  // dates of the field, the day that is meant, the day that is given
  ['2512310102', '2026-01-02', '2025-01-02'],
  ['2601021231', '2025-12-31', '2026-12-31'],
  ['2312310229', '2024-02-29', '2023-03-01'],
  ['2602160217', '2026-02-17', '2026-02-17'],
];
let isSame = true;
for (const [dates, meant, given] of cases) {
  const lines = [
    ':20:T', ':25:0012', ':28C:1/1', ':60F:C251231CNY100,00',
    `:61:${dates}RC1,15NTRF0012//0034`, ':62F:C260102CNY98,85', '-', '',
  ];
  const [statement] = parse({ type: 'mt940', data: lines.join('\r\n'), validate: true });
  const [entry] = statement.transactions;
  const day = entry.entryDate.toISOString().slice(0, 10);
  console.log(`:61:${dates}: meant ${meant}, entryDate ${day}, amount ${entry.amount}`);
  if (day !== given || entry.amount.toString() !== '-1.15') isSame = false;
}
if (!isSame) console.log('CHANGED: expected', cases.map(([, , given]) => given).join(' '));
process.exit(isSame ? 0 : 1);
PROBE
node probe.mjs
