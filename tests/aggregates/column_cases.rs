// Written by a script with NumPy, SciPy and Python's fractions.
&[
    OneColumn {
        rows: 1,
        x: &[-3.5],
        mad: f64::from_bits(0x0), iqr: f64::from_bits(0x0), mode: f64::from_bits(0xc00c000000000000), entropy: f64::from_bits(0x0), range: f64::from_bits(0x0), sum_squares: f64::from_bits(0x4028800000000000), rms: f64::from_bits(0x400c000000000000), distinct: 1,
    },
    OneColumn {
        rows: 2,
        x: &[0.0, -18.0],
        mad: f64::from_bits(0x4022000000000000), iqr: f64::from_bits(0x4022000000000000), mode: f64::from_bits(0xc032000000000000), entropy: f64::from_bits(0x3ff0000000000000), range: f64::from_bits(0x4032000000000000), sum_squares: f64::from_bits(0x4074400000000000), rms: f64::from_bits(0x402974b2334f2346), distinct: 2,
    },
    OneColumn {
        rows: 5,
        x: &[-12.25, 17.25, 10.25, -5.0, -11.0],
        mad: f64::from_bits(0x401d000000000000), iqr: f64::from_bits(0x4035400000000000), mode: f64::from_bits(0xc028800000000000), entropy: f64::from_bits(0x4002934f0979a372), range: f64::from_bits(0x403d800000000000), sum_squares: f64::from_bits(0x4085d58000000000), rms: f64::from_bits(0x4027a46233627881), distinct: 5,
    },
    OneColumn {
        rows: 8,
        x: &[3.0, -11.0, -6.0, 5.0, -5.0, -5.0, -10.0, 5.0],
        mad: f64::from_bits(0x4016000000000000), iqr: f64::from_bits(0x4025000000000000), mode: f64::from_bits(0xc014000000000000), entropy: f64::from_bits(0x4004000000000000), range: f64::from_bits(0x4030000000000000), sum_squares: f64::from_bits(0x4076e00000000000), rms: f64::from_bits(0x401b0e35269b38f5), distinct: 6,
    },
    OneColumn {
        rows: 100,
        x: &[15.0, -10.0, -9.0, -1.0, -13.0, 0.0, 15.0, 5.0, -14.0, -12.0, -17.0, 18.0, -7.0, -9.0, 14.0, -8.0, -11.0, -10.0, -5.0, -18.0, 5.0, -4.0, 18.0, 10.0, -5.0, 8.0, 12.0, -13.0, -14.0, -15.0, -19.0, -8.0, 11.0, 10.0, -5.0, -1.0, 10.0, 16.0, -9.0, 6.0, 3.0, 4.0, 12.0, 10.0, -5.0, 10.0, -18.0, -7.0, -12.0, -10.0, 16.0, -3.0, -18.0, -1.0, -18.0, -15.0, -5.0, -3.0, -11.0, 5.0, -1.0, -15.0, 12.0, -15.0, -6.0, -14.0, 17.0, -9.0, 14.0, 18.0, -12.0, -19.0, -20.0, -13.0, -4.0, -14.0, 18.0, -2.0, 13.0, -20.0, -15.0, -2.0, -14.0, -14.0, -20.0, -10.0, 10.0, 11.0, 0.0, -13.0, -3.0, 4.0, -15.0, -4.0, 12.0, -4.0, -2.0, 12.0, 6.0, -14.0],
        mad: f64::from_bits(0x4023000000000000), iqr: f64::from_bits(0x4035800000000000), mode: f64::from_bits(0xc02c000000000000), entropy: f64::from_bits(0x40138c806d571d0f), range: f64::from_bits(0x4043000000000000), sum_squares: f64::from_bits(0x40cacb8000000000), rms: f64::from_bits(0x40276cf5e3fdd6d1), distinct: 34,
    },
    OneColumn {
        rows: 1023,
        x: &[],
        mad: f64::from_bits(0x4040500000000000), iqr: f64::from_bits(0x408f13b000000000), mode: f64::from_bits(0x3fc2000000000000), entropy: f64::from_bits(0x4023ff473eabb5a5), range: f64::from_bits(0x40909ec000000000), sum_squares: f64::from_bits(0x41b5b8f334c26000), rms: f64::from_bits(0x4082a6ed0449a64d), distinct: 1023,
    },
    OneColumn {
        rows: 1025,
        x: &[],
        mad: f64::from_bits(0x40406a0000000000), iqr: f64::from_bits(0x408f148000000000), mode: f64::from_bits(0x3fc2000000000000), entropy: f64::from_bits(0x402400b89329ba21), range: f64::from_bits(0x40909ec000000000), sum_squares: f64::from_bits(0x41b5c953573ba000), rms: f64::from_bits(0x4082a9489558c642), distinct: 1025,
    },
    OneColumn {
        rows: 5000,
        x: &[],
        mad: f64::from_bits(0x403fca0000000000), iqr: f64::from_bits(0x408f08c800000000), mode: f64::from_bits(0x3fc2000000000000), entropy: f64::from_bits(0x4027194019c68501), range: f64::from_bits(0x40909f8000000000), sum_squares: f64::from_bits(0x41da85c3be39f000), rms: f64::from_bits(0x4082a51e95f402a2), distinct: 3268,
    },
    OneColumn {
        rows: 5001,
        x: &[],
        mad: f64::from_bits(0x403fc40000000000), iqr: f64::from_bits(0x408f08c000000000), mode: f64::from_bits(0x3fc2000000000000), entropy: f64::from_bits(0x4027193110d33e16), range: f64::from_bits(0x40909f8000000000), sum_squares: f64::from_bits(0x41da85c47ebdf000), rms: f64::from_bits(0x4082a4a4ad30a510), distinct: 3268,
    },
]
