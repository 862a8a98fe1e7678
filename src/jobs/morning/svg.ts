import { escaped } from '../../files/html-report.js';

/** Pictures are so wide in their own units; the page scales them. */
export const WIDTH = 960;

/** M0 to M7: the later, the darker. */
export const SHADES = [
  ...['#c7d9ea', '#fde0a8', '#fbc17a', '#f7975a', '#e86a3c', '#cf4226', '#a3231b', '#6d0f14'],
] as const;

/**
 * A part of a whole in units of a picture, whole and rounded down, not below the floor: exact sums
 * stay in tables.
 */
export function scaled(part: bigint, whole: bigint, units: number): number {
  return whole <= 0n || part < 0n ? 0 : Number((part * BigInt(units)) / whole);
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A box that says what it is where a pointer rests on it. */
export function box({ x, y, width, height }: Box, fill: string, says: string): string {
  const place = `x="${x}" y="${y}" width="${width}" height="${height}"`;
  return `<rect ${place} fill="${fill}"><title>${escaped(says)}</title></rect>`;
}

export function label(x: number, y: number, text: string, anchor = 'start'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

export function picture(title: string, height: number, parts: readonly string[]): string {
  return (
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img"><title>${escaped(title)}</title>` +
    `${parts.join('')}</svg>`
  );
}

/** A line through the points that there are; a gap where one is missing. */
export function line(points: readonly (readonly [x: number, y: number] | null)[], stroke: string) {
  let path = '';
  let isDown = false;
  for (const point of points) {
    if (point !== null) path += `${isDown ? 'L' : 'M'}${point[0]} ${point[1]}`;
    isDown = point !== null;
  }
  return path === '' ? '' : `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="2"/>`;
}
