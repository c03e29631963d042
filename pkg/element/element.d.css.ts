// The build gives the style sheet as a text: xtask/bundle.mjs.
declare const css: string;
export default css;
