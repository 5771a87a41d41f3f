/** Whether a text names a store in a bucket, and no folder. */
export const isBucket = (text: string): boolean => /^s3:/i.test(text);
