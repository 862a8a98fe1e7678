import { Decimal } from 'decimal.js';
import { sumOf } from '../row.js';
import type { Terms } from '../terms.js';
import { firstSchedule } from './schedule.js';

const Exact = Decimal.clone({ precision: 40 });

export interface Cost {
  irr_period: string;
  irr_annual: string;
  effective_annual: string;
}

/** Value of equally spaced flows at a period rate, and its slope. */
function presentValue(
  flows: readonly Decimal[],
  rate: Decimal,
): { value: Decimal; slope: Decimal } {
  const discount = new Exact(1).div(rate.plus(1));
  let weight = discount;
  let value = new Exact(0);
  let slope = new Exact(0);
  for (const [index, flow] of flows.entries()) {
    const part = flow.times(weight);
    value = value.plus(part);
    slope = slope.minus(part.times(discount).times(index + 1));
    weight = weight.times(discount);
  }
  return { value, slope };
}

/** Newton from zero: the value falls and is convex in the rate, so it climbs without overshoot. */
function internalRate(outflow: Decimal, flows: readonly Decimal[]): Decimal {
  let rate = new Exact(0);
  const tiny = new Exact('1e-25');
  for (let step = 0; step < 200; step += 1) {
    const { value, slope } = presentValue(flows, rate);
    if (slope.isZero()) return rate;
    const change = value.minus(outflow).div(slope);
    rate = rate.minus(change);
    if (change.abs().lt(tiny)) return rate;
  }
  throw new Error('the cost of the loan does not converge');
}

function periodsPerYear(terms: Terms): Decimal {
  const { interval, method } = terms.product.repayment;
  const units = { month: 12, week: 52, day: 365 }[interval.unit];
  const single = method === 'bullet' || method === 'daily_interest';
  return new Exact(units).div(interval.every * (single ? terms.periods : 1));
}

/** The cost of the agreed cash flows, fee events not counted. */
export function costOf(terms: Terms): Cost {
  const rows = firstSchedule(terms).rows.filter((row) => row.kind === 'period');
  const flows = rows.map(
    (row) =>
      new Exact(
        sumOf([row], ({ asked }) => asked.principal + asked.interest + asked.fee).toString(),
      ),
  );
  // A down payment of the whole loan: no money goes out for which a rate could be found.
  if (terms.principal === terms.downPayment) throw new Error('no money goes out');
  const outflow = new Exact((terms.principal - terms.downPayment).toString());
  // Newton stops a little beside a rate that lies on the middle between two shown ones.
  const rate = internalRate(outflow, flows).toDecimalPlaces(20, Decimal.ROUND_HALF_UP);
  const periods = periodsPerYear(terms);
  return {
    irr_period: rate.toFixed(6, Decimal.ROUND_HALF_UP),
    irr_annual: rate.times(periods).toFixed(6, Decimal.ROUND_HALF_UP),
    effective_annual: rate.plus(1).pow(periods).minus(1).toFixed(6, Decimal.ROUND_HALF_UP),
  };
}
