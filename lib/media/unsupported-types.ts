/**
 * Signatures of audio formats that are not opened, with their names: FFmpeg's readers of them are seldom tested.
 * `[^ -~]` is a byte that text does not contain.
 */
export const UNSUPPORTED_TYPES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['RealMedia', /^\.RMF/],
  ['RealAudio', /^\.ra\xfd/],
  ['WTV (Windows recorded television)', /^\xb7\xd8[^ -~] 7I\xda/],
  ['SoX', /^(?:\.SoX|XoS\.)/],
  ['DSS (dictation)', /^[^ -~](?:dss|ds2)/],
  ['SILK (WeChat, QQ)', /^[^ -~]?#!SILK/],
  ['Musepack', /^(?:MPCK|MP\+)/],
  ['DSD (DSF)', /^DSD [^ -~]/],
  ['DSD (DSDIFF)', /^FRM8.{8}DSD /s],
  ['TAK', /^tBaK/],
  ['Shorten', /^ajkg/],
  ['OptimFROG', /^OFR /],
  ['QOA', /^qoaf/],
  ['NUT', /^nut\/multimedia container/],
  ['MIDI, which contains no sound', /^MThd[^ -~]/],
];
