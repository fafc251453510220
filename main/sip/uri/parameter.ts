// `;name=value` parameters (RFC 3261 §25.1 generic-param), kept in order and as written.

/** `name` as written (compare without case); `value` undefined for a flag such as `;lr`; quoted strings already unquoted. */
export interface Parameter {
  readonly name: string;
  readonly value: string | undefined;
}

/** The first value of `name` (compared without case); undefined when absent; '' for a flag without a value. */
export function parameterValue(parameters: readonly Parameter[], name: string): string | undefined {
  // WHY asked first: many have none, and to begin with an empty list costs as much as two full ones.
  if (parameters.length === 0) return undefined;
  for (const parameter of parameters) {
    if (parameter.name === name || (parameter.name.length === name.length && parameter.name.toLowerCase() === name))
      return parameter.value ?? '';
  }
  return undefined;
}

export function hasParameter(parameters: readonly Parameter[], name: string): boolean {
  return parameterValue(parameters, name) !== undefined;
}
