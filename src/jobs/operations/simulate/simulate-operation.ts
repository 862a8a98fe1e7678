import { simulatedKinds } from '../../simulate/kinds.js';
import { simulateDoctor } from './simulate-doctor.js';
import { simulateFiles } from './simulate-files.js';
import { simulateMask } from './simulate-mask.js';
import { simulatePlan } from './simulate-plan.js';
import { simulateReport } from './simulate-report.js';
import { simulateSchedule } from './simulate-schedule.js';
import { simulateSeal } from './simulate-seal.js';
import { simulateWindow } from './simulate-window.js';

/** What worked cases of the operations come to: a line a kind. */
export const OPERATIONS_ON_PAPER = simulatedKinds({
  schedule: simulateSchedule,
  plan: simulatePlan,
  window: simulateWindow,
  files: simulateFiles,
  mask: simulateMask,
  seal: simulateSeal,
  doctor: simulateDoctor,
  report: simulateReport,
});
