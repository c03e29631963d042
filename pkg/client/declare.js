export const declare=(a,b)=>a; export const declareFormat=(a,b)=>a;
