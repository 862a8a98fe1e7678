import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { FileFamily, Partner } from '../../../funding/terms/partner.js';
import type { PartnerLayout } from '../documents/partner-layout.js';
import { termsOn } from '../terms/terms-queries.js';

/** The partner by its document in force on a day. Throws LoanbookError `unknown_partner` (2). */
export async function partnerOn(client: pg.Client, code: string, day: EpochDay): Promise<Partner> {
  const partner = await termsOn(client, 'partner', code, formatDay(day));
  if (partner !== undefined) return partner;
  throw new LoanbookError('unknown_partner', 'The book has no such partner.', {
    exitCode: EXIT.usage,
    evidence: { partner: code, day: formatDay(day) },
    next: '`loanbook partner list` shows those there are, and from when.',
  });
}

/** The layout of a family of a partner's files. Throws LoanbookError `no_layout` (2). */
export async function layoutOfFamily(
  client: pg.Client,
  { code: partner, layouts }: Partner,
  family: FileFamily,
  day: EpochDay,
): Promise<PartnerLayout> {
  const code = layouts[family];
  const layout =
    code === undefined ? undefined : await termsOn(client, 'layout', code, formatDay(day));
  if (layout?.family === family) return layout;
  const rule =
    code === undefined
      ? 'the partner names no layout for the family'
      : layout === undefined
        ? 'the book has no such layout on that day'
        : `the layout is one of ${layout.family}`;
  throw new LoanbookError('no_layout', 'There is no layout for the file.', {
    exitCode: EXIT.usage,
    evidence: { partner, family, layout: code, rule },
    next: 'Name it in `layouts` of the partner; `loanbook funding layout apply FILE` adds one.',
  });
}
