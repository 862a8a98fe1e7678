export { command } from './gl-explain.js';
