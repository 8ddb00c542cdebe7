/** Name of a field in TypeScript: lowerCamelCase of its proto name, as CosmJS has it. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
