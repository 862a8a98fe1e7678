import { simulatePlan } from '../../../src/jobs/operations/simulate/simulate-plan.js';
import { holdToCases } from './simulate-cases.js';

holdToCases('O-P', simulatePlan);
