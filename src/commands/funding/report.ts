import { formatAmount } from '../../accounting/money/amount-text.js';
import { type Columns, type Report, tableOf } from '../../files/report.js';
import { type FundingReport, fundingReport } from '../../jobs/funding/report/funding-report.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Options extends ReportFlags {
  readonly date?: string;
  readonly partner?: string;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    configureReport(cmd.option('--date <date>').option('--partner <code>'));
  },
  async run(context, _args, { date, partner, ...flags }) {
    const day = dayOption('--date', date);
    const way = wayOut(context, flags);
    const session = { applicationName: 'loanbook funding report' };
    const found = await inBook(context, (client) => fundingReport(client, day, partner), session);
    const said = inWords(found);
    await putReport(context, reportOf(said), way, { document: said });
  },
};

type Said = ReturnType<typeof inWords>;

function inWords({ minorDigits, parties, guarantees, ...frame }: FundingReport) {
  const text = (fen: bigint) => formatAmount(fen, minorDigits);
  const orNone = (fen: bigint | null) => (fen === null ? null : text(fen));
  return {
    ...frame,
    parties: parties.map(({ party, role, loans, ...of }) => ({
      ...{ party, role, loans },
      funded: text(of.funded),
      principal: text(of.principal),
      interest: text(of.interest),
      paidPrincipal: text(of.paidPrincipal),
      paidInterest: text(of.paidInterest),
      fees: text(of.fees),
      settled: orNone(of.settled),
      unsettled: orNone(of.unsettled),
    })),
    guarantees: guarantees.map(({ guarantee, guarantor, loans, ...of }) => ({
      ...{ guarantee, guarantor, loans },
      principal: text(of.principal),
      paid: text(of.paid),
      returned: text(of.returned),
      recovered: text(of.recovered),
      coverLeft: orNone(of.coverLeft),
    })),
  };
}

const PARTIES: Columns<Said['parties'][number]> = {
  party: 'text',
  role: 'text',
  loans: 'count',
  funded: 'amount',
  principal: ['amount', 'principal outstanding'],
  interest: ['amount', 'interest and fees'],
  paidPrincipal: ['amount', 'principal paid'],
  paidInterest: ['amount', 'interest and fees paid'],
  fees: ['amount', 'service fees'],
  settled: 'amount',
  unsettled: ['amount', 'not settled yet'],
};

const GUARANTEES: Columns<Said['guarantees'][number]> = {
  guarantee: 'text',
  guarantor: 'text',
  loans: 'count',
  principal: ['amount', 'principal guaranteed'],
  paid: 'amount',
  returned: 'amount',
  recovered: 'amount',
  coverLeft: ['amount', 'cover left'],
};

function reportOf({ date, currency, parties, guarantees }: Said): Report {
  return {
    head: { date, currency },
    main: 'parties',
    tables: [
      tableOf('parties', PARTIES, parties),
      tableOf('guarantees', GUARANTEES, guarantees, { screen: { isOptional: true } }),
    ],
  };
}
