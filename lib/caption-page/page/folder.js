/** The folder of the files of the page, for the server. It is loaded by name, so that bundlers leave it out. */
export const folder = new URL('.', import.meta.url);
