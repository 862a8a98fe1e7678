/** 贷款损失准备: what write-offs are taken out of. */
export const ALLOWANCE = '1304.01';
/** 信用减值损失: what the allowance lacks. */
export const IMPAIRMENT_LOSS = '6702.01';
