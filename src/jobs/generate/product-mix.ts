import { civilOf, dayOf, formatDay } from '../../accounting/calendar/epoch-day.js';
import { parseRatePpb } from '../../accounting/money/amount-text.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import type { EpochDay, Fen, RatePpb } from '../../accounting/money/units.js';
import type { ProductTerms } from '../../accounting/product/product.js';
import { parseProductDocument } from '../book/documents/product-document.js';
import type { GenerateOptions } from './options.js';
import {
  BOOK_PRODUCTS,
  oneDayProduct,
  type ProductParts,
  type ProductText,
  productFile,
  productText,
  SPREAD_PRODUCT,
} from './product-documents.js';

export interface RateChoice {
  readonly weight: number;
  /** As written to the file, such as `0.18`. */
  readonly text: string;
  readonly ratePpb: RatePpb;
}

/** How loans of one product are drawn. */
export interface ProductMix {
  readonly weight: number;
  readonly text: ProductText;
  readonly terms: ProductTerms;
  readonly periods: readonly { readonly weight: number; readonly periods: number }[];
  /** By the customer's grade, the best first. */
  readonly rates: readonly RateChoice[];
  readonly principalMin: Fen;
  readonly principalMax: Fen;
  /** Days from one due date to the next, about. */
  readonly periodDays: number;
}

interface MixParts {
  readonly weight: number;
  /** Pairs of a term and its weight. */
  readonly periods: readonly (readonly [number, number])[];
  /** Pairs of a rate and its weight. */
  readonly rates: readonly (readonly [string, number])[];
  readonly principal: readonly [Fen, Fen];
  readonly periodDays?: number;
}

const BOOK_MIX: Readonly<Record<string, MixParts>> = {
  'CASH-LEVEL': {
    weight: 46,
    periods: [
      [3, 8],
      [6, 18],
      [9, 8],
      [12, 42],
      [18, 10],
      [24, 11],
      [36, 3],
    ],
    rates: [
      ['0.144', 20],
      ['0.18', 45],
      ['0.216', 22],
      ['0.234', 13],
    ],
    principal: [50_000, 5_000_000],
  },
  'CARD-LEVEL': {
    weight: 24,
    periods: [
      [3, 25],
      [6, 35],
      [9, 8],
      [12, 27],
      [24, 5],
    ],
    rates: [
      ['0.132', 30],
      ['0.156', 45],
      ['0.18', 25],
    ],
    principal: [50_000, 3_000_000],
  },
  'HOME-EQUAL': {
    weight: 12,
    periods: [
      [12, 25],
      [24, 40],
      [36, 35],
    ],
    rates: [
      ['0.072', 40],
      ['0.084', 35],
      ['0.096', 25],
    ],
    principal: [2_000_000, 20_000_000],
  },
  'FLEX-INTEREST': {
    weight: 10,
    periods: [
      [6, 20],
      [12, 65],
      [24, 15],
    ],
    rates: [
      ['0.09', 30],
      ['0.108', 45],
      ['0.12', 25],
    ],
    principal: [500_000, 20_000_000],
  },
  'BULLET-90': {
    weight: 8,
    periods: [[1, 1]],
    rates: [
      ['0.144', 40],
      ['0.18', 40],
      ['0.216', 20],
    ],
    principal: [50_000, 1_000_000],
    periodDays: 90,
  },
};

const BENCH_MIX: MixParts = {
  weight: 1,
  periods: [
    [12, 40],
    [18, 15],
    [24, 30],
    [36, 15],
  ],
  rates: [
    ['0.12', 20],
    ['0.144', 25],
    ['0.18', 35],
    ['0.216', 20],
  ],
  principal: [50_000, 20_000_000],
};

/** The products of a profile, compiled from the same text that is written to its files. */
export function productMixes(options: GenerateOptions): ProductMix[] {
  const { profile, startOn } = options;
  const { day, year } = civilOf(startOn);
  // A loan is disbursed at most 24 months before the start: three years back is before them all.
  const effectiveFrom = dayOf(year - 3, 1, 1);
  if (profile === 'bench-spread') return [productMix(SPREAD_PRODUCT, BENCH_MIX, effectiveFrom)];
  if (profile === 'bench-one-day') {
    return [productMix(oneDayProduct(day), BENCH_MIX, effectiveFrom)];
  }
  return BOOK_PRODUCTS.map((parts) => {
    const mix = BOOK_MIX[parts.code];
    if (mix === undefined)
      throw new InvariantError('a product without a mix', { code: parts.code });
    return productMix(parts, mix, effectiveFrom);
  });
}

function productMix(parts: ProductParts, mix: MixParts, effectiveFrom: EpochDay): ProductMix {
  const text = productText(parts, formatDay(effectiveFrom));
  return {
    weight: mix.weight,
    text,
    terms: parseProductDocument(text.yaml, productFile(text)).terms,
    periods: mix.periods.map(([periods, weight]) => ({ periods, weight })),
    rates: mix.rates.map(([rate, weight]) => ({ weight, text: rate, ratePpb: ratePpbOf(rate) })),
    principalMin: mix.principal[0],
    principalMax: mix.principal[1],
    periodDays: mix.periodDays ?? 30,
  };
}

function ratePpbOf(text: string): RatePpb {
  const ratePpb = parseRatePpb(text);
  if (ratePpb === undefined) throw new InvariantError('a rate that is none', { text });
  return ratePpb;
}
