import { expect, it } from 'vitest';
import { maskField, maskText } from '../../src/files/mask.js';
import { randomOf } from '../model/operations/random.js';

/** The page on masks read a second time, plainly: character by character, without patterns. */
const ROUNDS = 3000;

const HALF = '0123456789';
const FULL = '０１２３４５６７８９';

function digitOf(char: string | undefined): string | undefined {
  if (char === undefined) return undefined;
  const at = HALF.indexOf(char) >= 0 ? HALF.indexOf(char) : FULL.indexOf(char);
  return at >= 0 ? HALF[at] : undefined;
}

function isCased(char: string | undefined): boolean {
  return char !== undefined && char.toLowerCase() !== char.toUpperCase();
}

/** ISO 7064, MOD 11-2, digit after digit. */
function hasOwnCheck(number: string): boolean {
  if (number.length !== 18 || number.slice(0, 17).includes('X')) return false;
  let rest = 0;
  for (const digit of number.slice(0, 17)) rest = ((rest + Number(digit)) * 2) % 11;
  return (rest + (number[17] === 'X' ? 10 : Number(number[17]))) % 11 === 1;
}

/** Luhn by the sums of digits of the doubled ones. */
function isCard(digits: string): boolean {
  const doubled = [...digits]
    .reverse()
    .map((digit, at) => (at % 2 === 1 ? String(2 * Number(digit)) : digit));
  const sum = [...doubled.join('')].reduce((total, digit) => total + Number(digit), 0);
  return digits.length >= 14 && digits.length <= 19 && !digits.includes('X') && sum % 10 === 0;
}

function stars(count: number): string {
  let text = '';
  while (text.length < count) text += '*';
  return text;
}

function shownRun(run: string): string | undefined {
  if (hasOwnCheck(run)) return `${run[0]}${stars(16)}${run[17]}`;
  const mobile = [run, run.startsWith('86') ? run.slice(2) : '', run.slice(4)].find(
    (number, at) =>
      number.length === 11 &&
      number[0] === '1' &&
      '3456789'.includes(number[1]!) &&
      !number.includes('X') &&
      (at < 2 || run.startsWith('0086')),
  );
  if (mobile !== undefined) return `${mobile.slice(0, 3)}${stars(6)}${mobile.slice(9)}`;
  if (isCard(run)) return run.slice(0, 6) + stars(run.length - 10) + run.slice(-4);
  return undefined;
}

function plainMask(text: string): string {
  const chars = [...text];
  let out = '';
  for (let at = 0; at < chars.length; ) {
    let end = at;
    while (digitOf(chars[end]) !== undefined) end += 1;
    if (end === at) {
      out += chars[at];
      at += 1;
      continue;
    }
    let run = chars.slice(at, end).map(digitOf).join('');
    const length = end - at;
    const isX = 'XxＸｘ'.includes(chars[end] ?? '?');
    if (isX && length <= 19) {
      run += 'X';
      end += 1;
    }
    const isAlone = !isCased(chars[at - 1]) && !isCased(chars[end]) && length >= 11;
    const isClear = isAlone && length <= 19 && digitOf(chars[end]) === undefined;
    out += (isClear ? shownRun(run) : undefined) ?? chars.slice(at, end).join('');
    at = end;
  }
  return out;
}

function digits(random: (below: number) => number, length: number): string {
  return Array.from({ length }, () => HALF[random(10)]).join('');
}

/** A number of some kind, right as often as not, half or full width. */
function numberOf(random: (below: number) => number): string {
  const kinds = [
    () => `1${3 + random(7)}${digits(random, 9)}`,
    () => `861${3 + random(7)}${digits(random, 9)}`,
    () => digits(random, 9 + random(13)),
    () => {
      const card = digits(random, 13 + random(6));
      return card + [...HALF].find((digit) => isCard(card + digit) || card.length < 13);
    },
    () => {
      const first = digits(random, 17);
      return first + [...HALF, 'X'].find((check) => hasOwnCheck(first + check));
    },
  ];
  const number = kinds[random(kinds.length)]!();
  const cased = random(3) === 0 ? number.toLowerCase() : number;
  if (random(4) > 0) return cased;
  return [...cased].map((char) => FULL[HALF.indexOf(char)] ?? (random(2) ? 'Ｘ' : char)).join('');
}

const BETWEEN = [
  '',
  ' ',
  ',',
  '客户',
  '·',
  '-',
  '.',
  'a',
  'Ｚ',
  'X',
  'é',
  '_',
  '０',
  '7',
  '\u{20000}',
];

it('text is masked as a plain reading of the page masks it', () => {
  const random = randomOf(1);
  let masked = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    let text = '';
    for (let part = 0; part < 4; part += 1) {
      text +=
        BETWEEN[random(BETWEEN.length)]! + numberOf(random) + BETWEEN[random(BETWEEN.length)]!;
    }
    expect(maskText(text), JSON.stringify(text)).toBe(plainMask(text));
    if (maskText(text) !== text) masked += 1;
  }
  expect(masked).toBeGreaterThan(ROUNDS / 4);
});

/** Shows so many at each end; nothing of less than eight. */
function ends(value: string, before: number, behind: number): string {
  if (value.length < 8) return stars(value.length);
  const hidden = stars(value.length - before - behind);
  return value.slice(0, before) + hidden + value.slice(value.length - behind);
}

it('numbers are masked by their normal form, whatever stands between their digits', () => {
  const random = randomOf(2);
  for (let round = 0; round < ROUNDS; round += 1) {
    const number = digits(random, 1 + random(22));
    const blanks = [...number].map((digit) => digit + ['', ' ', '　'][random(3)]).join('');
    const dashed = [...number].map((digit) => digit + ['', ' ', '-', '.'][random(4)]).join('');
    const wide = [...dashed].map((char) => FULL[HALF.indexOf(char)] ?? char).join('');
    expect(maskField('id_number', `${blanks}x`)).toBe(ends(`${number}X`, 1, 1));
    for (const form of [dashed, wide]) {
      expect(maskField('account', form)).toBe(ends(number, number.length < 14 ? 0 : 6, 4));
      if (number.startsWith('0086')) continue;
      const home = number.length === 13 && number.startsWith('86') ? number.slice(2) : number;
      expect(maskField('phone', form)).toBe(ends(home, 3, 2));
    }
    expect(maskField('phone', `+0086 ${dashed}`)).toBe(ends(number, 3, 2));
  }
});

it('names, mail and addresses are masked character by character', () => {
  const random = randomOf(3);
  const han = [...'王小二欧阳娜李四张\u{20000}'];
  const latin = [...'ABÉZЖ'];
  const pick = (chars: readonly string[], count: number) =>
    Array.from({ length: count }, () => chars[random(chars.length)]!);
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = pick(han, 2 + random(4));
    expect(maskField('name', ` ${name.join('')} `)).toBe(name[0] + stars(name.length - 1));
    const words = Array.from({ length: 1 + random(3) }, () => pick(latin, 1 + random(6)));
    const shown = words.map((word) => (word.length === 1 ? '*' : word[0] + stars(word.length - 1)));
    const lower = words
      .map((word) => word.join(''))
      .join('  ')
      .toLowerCase();
    expect(maskField('name', lower)).toBe(shown.join(' '));
    const box = pick([...'abc.王\u{20000}'], 1 + random(6));
    const hidden = box.length === 1 ? '*' : box[0] + stars(box.length - 1);
    expect(maskField('email', `${box.join('')}@x.cn`)).toBe(`${hidden}@x.cn`);
    const address = pick([...han, '1', '号'], 1 + random(12));
    const six = address.length > 6 ? address.slice(0, 6).join('') : '';
    expect(maskField('address', address.join(''))).toBe(`${six}****`);
  }
});
