/** Signatures of audio formats that are not opened, with their names: FFmpeg's readers of them are seldom tested. */
export const UNSUPPORTED_TYPES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['RealMedia', /^\.RMF/],
  ['RealAudio', /^\.ra\xfd/],
  ['WTV (Windows recorded television)', /^\xb7\xd8\x00\x20\x37\x49\xda\x11\xa6\x4e\x00\x07\xe9\x5e\xad\x8d/],
  ['SoX', /^(?:\.SoX|XoS\.)/],
  ['DSS (dictation)', /^[\x02\x03](?:dss|ds2)/],
  ['SILK (WeChat, QQ)', /^\x02?#!SILK(?:_V3)?/],
  ['Musepack', /^(?:MPCK|MP\+)/],
  ['DSD (DSF)', /^DSD \x1c\0\0\0/],
  ['DSD (DSDIFF)', /^FRM8.{8}DSD /s],
  ['TAK', /^tBaK/],
  ['Shorten', /^ajkg/],
  ['OptimFROG', /^OFR /],
  ['QOA', /^qoaf/],
  ['NUT', /^nut\/multimedia container\0/],
  ['MIDI, which contains no sound', /^MThd\0\0\0\x06/],
];
