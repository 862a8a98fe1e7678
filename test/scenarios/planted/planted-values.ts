/** Values that are made up: of no person, but right by their check digits. */
export interface Planted {
  readonly kind: 'name' | 'id_number' | 'phone' | 'account';
  /** As it is written where it is planted: half or full width. */
  readonly written: string;
  /** In normal form. */
  readonly normal: string;
}

/** Park and Miller: the same values for the same seed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(end: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state % end;
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.below(10)).join('');
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

const SURNAMES = [...'赵钱孙李周吴郑王冯陈'];
/** Rare characters: no word of ours has them. */
const GIVEN = [...'璟琬昶翀煊焓珩懿晗禾骞垚烨璇琰翊沅筠'];

const fullWidth = (text: string) =>
  text.replace(/[0-9X]/g, (char) => String.fromCodePoint(char.codePointAt(0)! + 0xfee0));

/** GB 11643: seventeen digits by their weights, modulo 11. */
function withIdCheck(digits: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return digits + '10X98765432'[sum % 11]!;
}

/** Luhn: every second digit from the right is doubled, its digits added. */
function withLuhn(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const twice = at % 2 === 0 ? 2 * Number(digit) : Number(digit);
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return digits + String((10 - (sum % 10)) % 10);
}

function normalOf(kind: Planted['kind'], chance: Chance): string {
  switch (kind) {
    case 'name':
      return chance.of(SURNAMES) + chance.of(GIVEN) + chance.of(GIVEN);
    case 'id_number': {
      const month = String(1 + chance.below(12)).padStart(2, '0');
      const born = `${1950 + chance.below(50)}${month}${10 + chance.below(18)}`;
      return withIdCheck(`${chance.of(['110105', '310115', '440305'])}${born}${chance.digits(3)}`);
    }
    case 'phone':
      return `1${chance.of(['38', '59', '77', '98'])}${chance.digits(8)}`;
    default:
      return withLuhn(`62${chance.digits(chance.of([13, 14, 16]))}`);
  }
}

/** So many values, each another one, every third number in full width. */
export function plantedValues(count: number, seed: number): Planted[] {
  const chance = new Chance(seed);
  const kinds = ['name', 'id_number', 'phone', 'account'] as const;
  const values = new Map<string, Planted>();
  for (let at = 0; values.size < count; at += 1) {
    const kind = kinds[at % kinds.length]!;
    const normal = normalOf(kind, chance);
    if (values.has(normal)) continue;
    const written = at % 3 === 2 ? fullWidth(normal) : normal;
    values.set(normal, { kind, written, normal });
  }
  return [...values.values()];
}

/** Those of the values that stand in a text, as they were written or in normal form. */
export function foundIn(text: string, values: readonly Planted[]): string[] {
  return values
    .filter(({ written, normal }) => text.includes(normal) || text.includes(written))
    .map(({ kind, normal }) => `${kind} ${normal}`);
}
