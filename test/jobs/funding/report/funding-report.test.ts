import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { applyFundingPlan } from '../../../../src/jobs/funding/funding-plans.js';
import { fundingReport } from '../../../../src/jobs/funding/report/funding-report.js';
import { settlePartners } from '../../../../src/jobs/funding/settle/settle-partners.js';
import { showFunding } from '../../../../src/jobs/funding/show/show-funding.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import { portfolio } from '../../../../src/jobs/ledger/portfolio.js';
import { commandLine } from '../../../support/command-line.js';
import { readWorkbook } from '../../../support/workbook.js';
import { dayAt, type JointBook, jointBook } from '../../eod/joint/joint-book.js';
import { DAILY, JOINT, LOANS, liveThrough, THREE } from '../../eod/joint/lived-book.js';

const DAYS = 5;

let lived: JointBook;
let plain: JointBook;
beforeAll(async () => {
  lived = await jointBook([JOINT, THREE], DAILY);
  await liveThrough(lived, ['JL', 'T3', ''], DAYS);
  const solo = { code: 'SOLO', version: 1, parties: [{ party: 'OWN', part: 1, own: true }] };
  plain = await jointBook([JOINT], 'allocation: {early_payment: hold}');
  const { client } = plain;
  await applyTerms(client, 'partner', 'code: G1\nrole: guarantor\n', { source: 'g', by: 'Li' });
  const cap = { rate: '0.10', disbursed: null, used: '20.00', restored_by_recovery: true };
  const guarantee = JSON.stringify({ code: 'GA', guarantor: 'G1', after_days: 90, cap });
  await applyTerms(client, 'guarantee', guarantee, { source: 'ga', by: 'Li' });
  await applyFundingPlan(client, JSON.stringify({ ...solo, guarantee: 'GA' }), 'plan');
  await plain.loans(
    [
      `S1,P,10000.00,0.18,2,${dayAt(0)},JL`,
      `N1,P,500.00,0.00,2,${dayAt(0)},`,
      `G1,P,1000.00,0.00,2,${dayAt(0)},SOLO`,
    ],
    [
      ...[`S1,${dayAt(1)},766.80,150.00`, `S1,${dayAt(40)},9233.20,0.00`],
      ...[`N1,${dayAt(1)},250.00,0.00`, `N1,${dayAt(31)},250.00,0.00`],
      ...[`G1,${dayAt(1)},400.00,0.00`, `G1,${dayAt(31)},600.00,0.00`],
    ],
  );
  await plain.close(dayAt(0));
  await plain.events(
    `R1,S1,repayment,${dayAt(1)},916.80,,`,
    `R2,N1,repayment,${dayAt(1)},250.00,,`,
    `R3,G1,repayment,${dayAt(1)},400.00,,`,
  );
  await plain.close(dayAt(1));
}, 120_000);
afterAll(async () => {
  await lived.remove();
  await plain.remove();
});

describe('a report of partners', () => {
  it('has what the first instalment of a joint loan leaves, and the lender of the whole book', async () => {
    const { parties, guarantees } = await fundingReport(plain.client);
    expect(parties).toEqual([
      {
        // 3000.00 of S1, 500.00 and 1000.00; 230.04, 250.00 and 400.00 of them are paid.
        ...{ party: 'own', role: 'own', loans: 3, funded: 450_000n },
        ...{ principal: 450_000n - 23_004n - 25_000n - 40_000n, interest: 0n },
        // 45.00 of 150.00 is the lender's, and the fee r(105.00 x 0.25) of the partner.
        ...{ paidPrincipal: 88_004n, paidInterest: 4500n, fees: 2625n },
        ...{ settled: null, unsettled: null },
      },
      {
        ...{ party: 'P1', role: 'participant', loans: 1, funded: 700_000n },
        ...{ principal: 700_000n - 53_676n, interest: 0n },
        ...{ paidPrincipal: 53_676n, paidInterest: 10_500n, fees: 2625n },
        // 641.76 less the fee and the 7000.00 that it owes of the disbursement.
        ...{ settled: 0n, unsettled: 64_176n - 2625n - 700_000n },
      },
    ]);
    expect(guarantees).toEqual([
      {
        ...{ guarantee: 'GA', guarantor: 'G1', loans: 1, principal: 60_000n },
        // 0.10 of 1000.00 less the 20.00 that were used before.
        ...{ paid: 0n, returned: 0n, recovered: 0n, coverLeft: 8000n },
      },
    ]);
  });

  it('follows what guarantors pay and get back', async () => {
    await plain.asOwner(
      `INSERT INTO guarantee_act SELECT n, '${dayAt(1)}', bucket, loan_id, t, 1, a, 'K' || n, 0, n,
         '', 'Li' FROM loan, (VALUES (1, 'compensation', 5000), (2, 'passed', 1200)) AS v (n, t, a)
         WHERE loan_no = 'G1';
       INSERT INTO guarantor_item VALUES (1, '${dayAt(1)}', 'G1', 'return', 300),
         (2, '${dayAt(1)}', 'G1', 'recovery', 1200)`,
    );
    const { guarantees } = await fundingReport(plain.client, undefined, 'G1');
    expect(guarantees).toMatchObject([{ paid: 5000n, returned: 300n, recovered: 1200n }]);
    await plain.asOwner('DELETE FROM guarantor_item; DELETE FROM guarantee_act');
  });

  it('has what was settled on or before the day', async () => {
    await settlePartners(plain.client, { date: parseDay(dayAt(2))!, by: 'Li' });
    const owed = -(64_176n - 2625n - 700_000n);
    const now = await fundingReport(plain.client, parseDay(dayAt(1))!, 'P1');
    expect(now.parties).toMatchObject([{ settled: 0n, unsettled: -owed }]);
    await plain.close(dayAt(2));
    const after = await fundingReport(plain.client, undefined, 'P1');
    expect(after.parties).toMatchObject([{ party: 'P1', settled: -owed, unsettled: 0n }]);
    expect(after.parties).toHaveLength(1);
  });
});

describe('on every day of every life', () => {
  it('parties sum to the portfolio, to their loans, and to what the accounts owe them', async () => {
    for (let day = 0; day <= DAYS; day += 1) {
      const on = parseDay(dayAt(day))!;
      const { parties } = await fundingReport(lived.client, on);
      const [own, ...others] = parties;
      const { lines } = await portfolio(lived.client, on);
      const sum = (name: 'principal' | 'interest' | 'penalty') =>
        lines.reduce((all, each) => all + BigInt(each[name]), 0n);
      const fees = await lived.rows(
        `SELECT sum(coalesce(own_fee_due, fee_due)) AS fee FROM subledger_total
         WHERE business_date = '${dayAt(day)}'`,
      );
      expect(own).toMatchObject({
        principal: sum('principal'),
        interest: sum('interest') + sum('penalty') + BigInt(fees[0]!.fee as bigint),
      });
      // The whole, row by row: what is not the lender's is the partners', but for written-off loans.
      const [rows] = await lived.rows(
        `SELECT sum(principal) AS principal,
           sum(interest_accrued + interest_due + penalty_due + compound_due + fee_due) AS rest
         FROM position WHERE business_date = '${dayAt(day)}'`,
      );
      const claims = new Map<string, { principal: bigint; rest: bigint }>();
      let gone = { principal: 0n, rest: 0n };
      for (let k = 0; k < LOANS; k += 1) {
        const { shares, status } = await showFunding(lived.client, `L${k}`, on);
        for (const { party, principal, total } of shares) {
          const had = claims.get(party) ?? { principal: 0n, rest: 0n };
          const rest = BigInt(total - principal);
          claims.set(party, {
            principal: had.principal + BigInt(principal),
            rest: had.rest + rest,
          });
          if (status !== 'written_off') continue;
          gone = { principal: gone.principal + BigInt(principal), rest: gone.rest + rest };
        }
      }
      expect(others.map(({ party }) => party)).toEqual(['P1', 'P2']);
      for (const { party, principal, interest } of others) {
        expect({ principal, rest: interest }, party).toEqual(claims.get(party));
      }
      const all = (name: 'principal' | 'interest') =>
        parties.reduce((total, each) => total + each[name], 0n);
      expect([all('principal') - gone.principal, all('interest') - gone.rest]).toEqual([
        ...[rows!.principal, rows!.rest],
      ]);
      const [ledger] = await lived.rows(
        `SELECT -sum(balance) AS owed FROM gl_balance JOIN account USING (account_id)
         WHERE code IN ('2241.03', '1221.04') AND business_date = '${dayAt(day)}'`,
      );
      expect(others.reduce((total, each) => total + each.unsettled!, 0n)).toBe(ledger!.owed);
    }
  });

  it('what was funded less what was paid and waived is outstanding', async () => {
    const { parties } = await fundingReport(lived.client);
    for (const { party, funded, paidPrincipal, principal } of parties.slice(1)) {
      const [waived] = await lived.rows(
        `SELECT coalesce(sum(principal), 0) AS principal FROM funding_item
         WHERE party = '${party}' AND kind = movement_waiver()`,
      );
      expect(funded - paidPrincipal - (waived!.principal as bigint), party).toBe(principal);
    }
  });
});

it('is a table, a workbook and a document; whom no loan has is refused', async () => {
  const run = commandLine(plain.database.target, tmpdir());
  const day = ['--date', dayAt(1)];
  const shown = await run(['funding', 'report', ...day]);
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toMatch(/own +own +3 +4500.00 +3619.96 +0.00 +880.04 +45.00 +26.25/);
  expect(shown.stdout).toMatch(/GA +G1 +1 +600.00 +0.00 +0.00 +0.00 +80.00/);
  const json = JSON.parse((await run(['funding', 'report', ...day, '--json'])).stdout);
  expect(json.parties[1]).toMatchObject({ party: 'P1', principal: '6463.24', fees: '26.25' });
  const file = join(tmpdir(), `loanbook-report-${process.pid}.xlsx`);
  expect(await run(['funding', 'report', ...day, '--out', file])).toMatchObject({ exitCode: 0 });
  const [sheet] = readWorkbook(file);
  expect([sheet!.name, sheet!.rows[2]?.[4]]).toEqual(['parties', '6463.24']);
  expect(await run(['funding', 'report', '--partner', 'NOBODY'])).toMatchObject({ exitCode: 2 });
});
