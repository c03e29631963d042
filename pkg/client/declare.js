// Stand-in until the table of fields is here.
export const declare = (spec) => JSON.parse(JSON.stringify(spec));
export const declareFormat = (format) => format;
