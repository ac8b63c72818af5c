// ISO 4217: which currency codes there are and how many decimals the smallest payable amount of each has.
// A table and not the runtime's Intl: that follows what shop tills show (HUF, COP and IDR without decimals, IQD
// without its fils) and changes with the runtime's version, so one and the same invoice could pass here and fail there.
// May not import anything.

/**
 * Codes by their number of decimals; source: ISO 4217 list one, and the codes withdrawn from it since 2019, because
 * refunds and late bookings outlive a currency. Without the codes that have no amounts: metals, baskets, tests.
 */
const codesByDigits: readonly (readonly [digits: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
     CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK
     HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
     MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
     SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG
     YER ZAR ZMW ZWG ZWL`,
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const digitsByCode: ReadonlyMap<string, number> = new Map(
  codesByDigits.flatMap(([digits, codes]) => codes.split(/\s+/).map((code) => [code, digits] as const)),
);

/** Decimals of the currency's smallest amount: 2 for EUR, 0 for JPY, 3 for KWD; null where the code is not ISO 4217. */
export function minorUnitDigits(currency: string): number | null {
  return digitsByCode.get(currency) ?? null;
}
