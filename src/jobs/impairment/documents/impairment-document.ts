import type { z } from 'zod';
import { parseRatePpb } from '../../../accounting/money/amount-text.js';
import type { RatePpb } from '../../../accounting/money/units.js';
import { date, integer, listOf, mapping, oneOf, rate, words } from '../../../documents/fields.js';
import { readDocumentText } from '../../../documents/read-text.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
  type Violation,
} from '../../../documents/violations.js';

const EXPOSURES = [
  'principal',
  'interest_accrued',
  'interest_due',
  'penalty',
  'compound',
  'fee',
] as const;
export type Exposure = (typeof EXPOSURES)[number];

const parameterSchema = mapping({
  product: words().optional(),
  stage: oneOf(1, 2, 3),
  pd: rate(),
  lgd: rate(),
});

const impairmentSchema = mapping({
  effective_from: date(),
  rounding: oneOf('loan', 'segment').default('loan'),
  stages: mapping({
    stage_2_after: integer(0).default(30),
    stage_3_after: integer(0).default(90),
  }).prefault({}),
  exposure: listOf(oneOf(...EXPOSURES)).default([...EXPOSURES]),
  parameters: listOf(parameterSchema),
});

export type ImpairmentDocument = z.output<typeof impairmentSchema>;

const ONE_PPB = 1_000_000_000;

/** Impairment parameters from YAML or JSON text; throws LoanbookError `invalid_document`. */
export function parseImpairmentDocument(text: string, sourceName: string): ImpairmentDocument {
  return impairmentFromValue(readDocumentText(text, sourceName), { name: sourceName });
}

/** The same from a value that was read before. */
export function impairmentFromValue(value: unknown, source: DocumentSource): ImpairmentDocument {
  const document = checkShape(impairmentSchema, value, source);
  refuseViolations(source, [...violationsOf(document)]);
  return document;
}

function* violationsOf({ stages, parameters }: ImpairmentDocument): Generator<Violation> {
  const { stage_2_after: second, stage_3_after: third } = stages;
  if (third <= second) {
    yield { path: 'stages.stage_3_after', rule: 'must be later than stage 2', value: third };
  }
  const known = new Set<string>();
  for (const [at, { product = '', stage, pd, lgd }] of parameters.entries()) {
    const path = `parameters[${at}]`;
    for (const [name, text] of [
      ['pd', pd],
      ['lgd', lgd],
    ] as const) {
      if (ratePpb(text) > ONE_PPB) {
        yield { path: `${path}.${name}`, rule: 'must be at most 1', value: text };
      }
    }
    const key = `${product}/${stage}`;
    if (known.has(key)) yield { path, rule: 'names a product and stage twice', value: key };
    known.add(key);
  }
  for (const stage of [1, 2, 3]) {
    if (known.has(`/${stage}`)) continue;
    yield { path: 'parameters', rule: `lack stage ${stage} of all other products` };
  }
}

/** PD and LGD of a product and stage in parts per billion: its own, or those of all others. */
export function ratesOf(
  document: ImpairmentDocument,
  product: string,
  stage: number,
): { readonly pdPpb: RatePpb; readonly lgdPpb: RatePpb } {
  const ofStage = document.parameters.filter((one) => one.stage === stage);
  const found =
    ofStage.find((one) => one.product === product) ??
    ofStage.find((one) => one.product === undefined);
  if (found === undefined) throw new TypeError(`unchecked stage ${stage}`);
  return { pdPpb: ratePpb(found.pd), lgdPpb: ratePpb(found.lgd) };
}

function ratePpb(text: string): RatePpb {
  return parseRatePpb(text) ?? 0;
}
