import type { z } from 'zod';
import {
  currencyCode,
  date,
  field,
  integer,
  listOf,
  mapping,
  oneOf,
  sha256,
  words,
} from '../../../documents/fields.js';

/** A path below the data folder: nothing may be written beside it by a restore. */
const PART = /^(?!\.{1,2}$)[^/\\\0]+$/;
const WAL_PLACE = /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

function path() {
  return field('must be a path below the data folder', { type: 'string' }, (text) =>
    text.split('/').every((part) => PART.test(part)) ? text : undefined,
  );
}

function instant() {
  return field('must be an instant in UTC, to the millisecond', { type: 'string' }, (text) =>
    INSTANT.test(text) ? text : undefined,
  );
}

function walPlace() {
  return field('must be a place in the WAL, such as 0/3000028', { type: 'string' }, (text) =>
    WAL_PLACE.test(text) ? text : undefined,
  );
}

/** What a backup is of, read while it was taken. */
const bookShape = {
  entity: words(),
  currency: currencyCode(),
  firstBusinessDate: date(),
  businessDate: date(),
  /** PostgreSQL's number of the cluster: no other server has it. */
  system: words(),
  database: words(),
  server: words(),
  /** Of the last migration applied. */
  schema: integer(0),
  sealedDay: date().nullable(),
  chainHash: sha256().nullable(),
  /** Versions of the master keys that rows are sealed with: they are not in the backup. */
  keys: listOf(words()),
};

/** The manifest of a base backup, all that a restore needs to know of it. */
export const manifestSchema = mapping({
  format: oneOf(1),
  backup: words(),
  kind: oneOf('base'),
  startedAt: instant(),
  takenAt: instant(),
  book: mapping(bookShape),
  walFrom: walPlace(),
  walTo: walPlace(),
  bytes: integer(0),
  folders: listOf(path()),
  files: listOf(mapping({ path: path(), bytes: integer(0), sha256: sha256() })),
});

export type Manifest = z.output<typeof manifestSchema>;
export type BackedUpBook = Manifest['book'];
export type BackedUpFile = Manifest['files'][number];

/** What is kept of a restore that was proven. */
export const trialSchema = mapping({
  backup: words(),
  system: words(),
  provenAt: instant(),
  day: date().nullable(),
  chainHash: sha256().nullable(),
});

export type Trial = z.output<typeof trialSchema>;
