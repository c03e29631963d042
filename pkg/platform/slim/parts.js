// Who loads the offline module by themselves has it whole.

export const diagnosis = () => undefined;
export const secrets = () => undefined;
