import type { DocumentSource } from '../../../documents/violations.js';
import type { Guarantee } from '../../../funding/terms/guarantee.js';
import type { Merchant } from '../../../funding/terms/merchant.js';
import type { Partner } from '../../../funding/terms/partner.js';
import { guaranteeFromValue } from '../documents/guarantee-document.js';
import { merchantFromValue } from '../documents/merchant-document.js';
import { partnerFromValue } from '../documents/partner-document.js';
import { layoutFromValue, type PartnerLayout } from '../documents/partner-layout.js';

/** Documents that a book keeps in versions, by what they are called. */
export interface TermsOf {
  readonly partner: Partner;
  readonly guarantee: Guarantee;
  readonly merchant: Merchant;
  readonly layout: PartnerLayout;
}
export type TermsKind = keyof TermsOf;

/** What every such document has. */
export interface VersionedDocument {
  readonly code: string;
  readonly version: number;
  readonly effective_from: string;
}

export interface CheckedTerms<Kind extends TermsKind = TermsKind> {
  readonly document: VersionedDocument;
  readonly terms: TermsOf[Kind];
}

type Reader<Kind extends TermsKind> = (
  value: unknown,
  source: DocumentSource,
  minorDigits: number,
) => CheckedTerms<Kind>;

const READERS: { readonly [Kind in TermsKind]: Reader<Kind> } = {
  partner(value, source, minorDigits) {
    const { document, partner } = partnerFromValue(value, source, minorDigits);
    return { document, terms: partner };
  },
  guarantee(value, source, minorDigits) {
    const { document, guarantee } = guaranteeFromValue(value, source, minorDigits);
    return { document, terms: guarantee };
  },
  merchant(value, source, minorDigits) {
    const { document, merchant } = merchantFromValue(value, source, minorDigits);
    return { document, terms: merchant };
  },
  layout(value, source) {
    const { document, layout } = layoutFromValue(value, source);
    return { document, terms: layout };
  },
};

/** How the commands of a kind begin. */
export const COMMANDS: Readonly<Record<TermsKind, string>> = {
  partner: 'partner',
  guarantee: 'funding guarantee',
  merchant: 'merchant',
  layout: 'funding layout',
};

/** A document of a kind. Throws LoanbookError `invalid_document`, with paths. */
export function termsFromValue<Kind extends TermsKind>(
  kind: Kind,
  value: unknown,
  source: DocumentSource,
  minorDigits: number,
): CheckedTerms<Kind> {
  return READERS[kind](value, { page: 'docs/funding.md', ...source }, minorDigits);
}
