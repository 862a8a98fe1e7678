import { formatInstant, type Instant } from '../../../operations/clock/instant.js';
import type { Attempt, Step } from '../../../operations/run/run.js';
import { waitsFor } from '../../../operations/run/starts.js';
import {
  type RunScene,
  type SimulatedRun,
  simulateInstance,
} from '../../../operations/simulate/simulate-run.js';
import { refusedDocument } from '../../simulate/simulator.js';
import { readRun } from '../documents/run-document.js';

/**
 * How one instance of a plan runs: its executions, steps, alarms and refused acts. Throws
 * LoanbookError `invalid_document`, or `calendar_year_not_loaded` where a condition asks for it.
 */
export function simulatePlan(input: unknown, sourceName = 'input'): object {
  const scene = readRun(input, { name: sourceName });
  let it: SimulatedRun;
  try {
    it = simulateInstance(scene);
  } catch (error) {
    throw refusedDocument(error, sourceName);
  }
  return {
    due: formatInstant(it.run.due),
    state: it.state,
    exit: it.exit,
    executions: it.executions.map(attemptText),
    steps: it.run.steps.map((step) => stepText(scene, it, step)),
    alarms: it.alarms.map(({ at, job, kind }) => ({ at: formatInstant(at), job, kind })),
    refused: it.refused.map(({ act, rule }) => ({
      at: formatInstant(act.at),
      do: act.do,
      ...(act.step === null ? {} : { job: it.run.steps[act.step]?.job.name }),
      rule,
    })),
  };
}

function stepText({ files, until }: RunScene, { run }: SimulatedRun, step: Step): object {
  const waits =
    step.state === 'waiting' ? waitsFor(run, step, until, (name) => files.get(name)) : null;
  const why = step.why ?? (waits === 'needs' ? null : waits);
  return {
    job: step.job.name,
    state: step.state,
    ...(why === null ? {} : { why }),
    attempts: step.attempts.map(attemptText),
  };
}

function attemptText({ from, to, exit }: Attempt): object {
  return { from: formatInstant(from), to: textOf(to), exit };
}

function textOf(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}
