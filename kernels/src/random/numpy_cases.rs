// Written by NumPy 2.4.6.

/// Entropy (limbs of 64 bits), spawn key, `generate_state(6)`, `Philox(..).random_raw(9)`, `Generator.random(3)` as bits.
type Case = (&'static [&'static [u64]], &'static [u32], [u32; 6], [u64; 9], [u64; 3]);

const NUMPY: &[Case] = &[
    (
        &[&[]],
        &[],
        [0xb0f478be, 0xdb2cd7e7, 0x2c71ba49, 0xabf4641a, 0x9d7b8d41, 0x20c6ed6d],
        [0x399e5b222b82fa9, 0x41fd08c1f00f3bc5, 0x78b8824162ee4d04, 0x176747919e02739d, 0xfaa88f002a8d3596, 0x418eb6f592e6c227, 0xef83020b8344dd45, 0x30a74a1a6eaa064b, 0x93d43bf97a490c3],
        [0x3f8ccf2d9115c140, 0x3fd07f42307c03ce, 0x3fde2e209058bb92],
    ),
    (
        &[&[0x1]],
        &[],
        [0x6d6791ff, 0x672d8ee5, 0x4eb1072c, 0x8ae19ca1, 0x1322fc4a, 0x4915796d],
        [0x1119efbd6bc0ce3a, 0x143a31df2c79cf7e, 0x17a9bf501e09a0b, 0xce7a7fdfadf3cb3f, 0x3ebf40fd74b4b457, 0x4cf66a27fde9010b, 0x5c0c014442000a14, 0x76cea2ab64ad41a0, 0x8d78b4c5e50d9cb3],
        [0x3fb119efbd6bc0c8, 0x3fb43a31df2c79c8, 0x3f77a9bf501e0980],
    ),
    (
        &[&[0x2a]],
        &[],
        [0xcd540ab7, 0x9f1e2e6d, 0x79fb94b6, 0xd57873dc, 0x64d420b7, 0x7d282a1b],
        [0x16092f00ecdab98a, 0x243d19cc24021070, 0x4524d130684efe02, 0xdfc0f20c3c4b5bca, 0x2b8fe7053fb23371, 0x81be758196fbd62c, 0x54c28d775e0c03e0, 0xd617bcda9b92127d, 0x7a95a98a46f8f127],
        [0x3fb6092f00ecdab8, 0x3fc21e8ce6120108, 0x3fd149344c1a13be],
    ),
    (
        &[&[0xdeadbeaf]],
        &[],
        [0xd516e24a, 0x50312a63, 0xca44dc77, 0x4063bc8b, 0xab4ec9e2, 0xb780f022],
        [0xedc95200e2bd66a5, 0x581d4e43b7682352, 0x4be7278f5e373eab, 0xee47f17991a9e7ea, 0x38a7d2ae422f2e2c, 0xe2a6730a3b4a8a15, 0x1588b7a841486442, 0x13ad777246700504, 0x14d157e0f5e18204],
        [0x3fedb92a401c57ac, 0x3fd6075390edda08, 0x3fd2f9c9e3d78dce],
    ),
    (
        &[&[0x100000000]],
        &[],
        [0xec53f444, 0x50ff846c, 0xe8278562, 0x7a4918db, 0x362e2b19, 0x3bff9f6c],
        [0x9b7c56721dc8cd50, 0x80f47c00870d0663, 0x6ddd2f0ea3556e93, 0x3979bc76c8cede6a, 0x5b2af9c4f0617c48, 0x948840e2b3fc7c78, 0x83720a9ef81cd72a, 0x3d83a228755890fd, 0x72f5661c955f3595],
        [0x3fe36f8ace43b919, 0x3fe01e8f8010e1a0, 0x3fdb774bc3a8d55a],
    ),
    (
        &[&[0x7, 0x1]],
        &[],
        [0x78edde64, 0x9f0ff81b, 0x5507b991, 0x51da55b9, 0xa58ec4a7, 0xdd22ffe6],
        [0x8dcb0012086d9ab7, 0x96a7cd24a92fccf8, 0xe80e98e4a49305e8, 0x198dae99f8df803, 0xa38f15637e7cad3d, 0x3d50ca46e0bdb6ed, 0xa65d0a7b26a6fbf, 0xeaec3d5ac9545767, 0xec74749b78392d85],
        [0x3fe1b96002410db3, 0x3fe2d4f9a49525f9, 0x3fed01d31c949260],
    ),
    (
        &[&[0x63, 0x0, 0x4]],
        &[],
        [0xe62be9f2, 0x63341faa, 0xf4d0ac67, 0xa6a3990b, 0x81115fc8, 0x2fa4b34a],
        [0xfb8ee64a594628b7, 0x17c61a57b2bfb5ab, 0xd427756809878a25, 0x251f6b98ba0bf9d8, 0x43d6d95f207e7729, 0x265243593d8f605e, 0xce7d03447985beb, 0x1804f9313422534, 0xc425267953637bae],
        [0x3fef71dcc94b28c5, 0x3fb7c61a57b2bfb0, 0x3fea84eead0130f1],
    ),
    (
        &[&[0x5, 0x0, 0x0, 0x0, 0x100000000000]],
        &[],
        [0x286bf241, 0xf876b294, 0xc12cb28d, 0x6ad4b880, 0x6c19e9b, 0xb70df49f],
        [0x931e19b574359330, 0xe70c3d782a5a9970, 0x6f4f9f8b377a7e28, 0x46d9231e11e23f8, 0xa134c451e01579c7, 0xc408e824c6b421a3, 0x61f009bc9335b541, 0xa163c990c0057935, 0x458728a2a9e34739],
        [0x3fe263c336ae86b2, 0x3fece187af054b53, 0x3fdbd3e7e2cdde9e],
    ),
    (
        &[&[0x1], &[0x2], &[0x3]],
        &[],
        [0xe3d1fc80, 0xb45f843f, 0x203807c7, 0x42c16e36, 0xa344445, 0x10f7f367],
        [0xb84b131149d71a66, 0x340710b4ca5ed71, 0x1981c17df6a52270, 0xe32f3e798a8060d4, 0x76dbbdb4493bdf84, 0x9b1c7dae208efb6e, 0x80d9a3c2ce3c9312, 0xccfae1301c1200fb, 0x11d2b0b175156100],
        [0x3fe7096262293ae3, 0x3f8a03885a652f40, 0x3fb981c17df6a520],
    ),
    (
        &[&[], &[0x0, 0x40], &[], &[0x5], &[0x6], &[0x7]],
        &[],
        [0x8e0ab9d3, 0x2649877b, 0x219bd07f, 0xf88965ba, 0xc7b04169, 0xb74fbd8d],
        [0xb497feb40c359b12, 0x340c3af3a6a6dbf7, 0xf02133146550815d, 0x1bf1c1ce652bb8fe, 0xd0e8e4b00da46bae, 0xc7897abf834896c2, 0xb8580262f012a446, 0x5859e86e77af4577, 0x49b9eec1c5b26027],
        [0x3fe692ffd68186b3, 0x3fca061d79d3536c, 0x3fee0426628caa10],
    ),
    (
        &[&[0x2a]],
        &[0],
        [0xa001c6a4, 0xdff6ed7d, 0x64d84a1f, 0x43239888, 0x22be369b, 0x9c90dafb],
        [0x38411d067af41ba0, 0x74c9187aa4f8949a, 0x2f199840721533f3, 0x723aa4e0fa41b5cb, 0x628332b0a6fad9c2, 0x602033bd4b6e75ac, 0x501b1c2f7fbf0cd7, 0x9a85f1360188d199, 0xb074dc90b2801295],
        [0x3fcc208e833d7a0c, 0x3fdd32461ea93e24, 0x3fc78ccc20390a98],
    ),
    (
        &[&[0x2a]],
        &[3, 1],
        [0xcc7445e8, 0xaede8afe, 0x6c4cc63, 0xb2ba50f3, 0x5327d74b, 0x96b50fe5],
        [0x545a4a8cc4c4ee10, 0xac6795c570c5704f, 0x78cb80433c5a385, 0x7decd8e789c40c6, 0xb08fa26a452fc081, 0x69e12d2765253677, 0x4926927ac26dde57, 0xe8a6d80499a9895, 0xb24b1c38d103ec18],
        [0x3fd51692a331313a, 0x3fe58cf2b8ae18ae, 0x3f9e32e010cf1680],
    ),
    (
        &[&[0x0, 0x0, 0x0, 0x100]],
        &[7],
        [0xa222e3b4, 0x7a9b1fe9, 0x634626df, 0x1c7d1236, 0x7c61ef87, 0x4ef386f1],
        [0xb5ff2f5c741cd51f, 0x4d884a8aad2ef3e2, 0x51ec125bb3b8535c, 0xd64e3d98a2344e8b, 0xf556fece68aee850, 0x50b988c5851ac5d2, 0x67272b0fc8b3e3df, 0x1efcfee237642c44, 0x393951046e1e0a0],
        [0x3fe6bfe5eb8e839a, 0x3fd36212a2ab4bbc, 0x3fd47b0496ecee14],
    ),
    (
        &[&[0x1], &[0x2]],
        &[2147483648],
        [0xdfd92979, 0xa8b48735, 0xb4ed71c, 0x2d2bb949, 0x8bfa44aa, 0x42eefb2f],
        [0x4e7c0d417f76b38f, 0xe9c9042a53233c6, 0xfddd4b1b0b28f5bd, 0x74ead0a5c930e395, 0x95d3f134c236b384, 0x9a99cef197f9c23b, 0x6703c5e9fed75638, 0x95e297a64e53c0ac, 0x8080f83529d32433],
        [0x3fd39f03505fddac, 0x3fad3920854a6460, 0x3fefbba96361651e],
    ),
];

/// `Philox(7)`: after three words, `advance(10)`; and `jumped(3)`: eight words each.
const ADVANCED: [u64; 8] = [0x3ca94e273b97d9e7, 0xc5e5cbebd58d1c76, 0x8ac31c4aa470082c, 0x5d206d7e27b1e212, 0xea1de598d485aa9b, 0x35a1c6336312dde7, 0xb8898378ebc131a8, 0xbff03b30734645b6];
const JUMPED: [u64; 8] = [0xedd3296d7ae192b4, 0xa08bda9950801dba, 0xb19f86cfcea06112, 0xae4890215e9a7e9b, 0x96f532921e1a4999, 0x2637c227849090b9, 0x7d864ebcc80f9cc7, 0x33bf1caddb6605f6];

/// A counter about to carry: `Philox(key=[3, 4], counter=2**192 - 2).random_raw(12)`.
const CARRIED: [u64; 12] = [0x7358fa31a8aa0165, 0x90c85d8b9a900278, 0x187762d404cd45b2, 0x2c7f5ab59a32475, 0xc0308781d9d600a5, 0x9c3b0630f855f9dd, 0x8323b475c0d78b99, 0xa5399c1edf8f043b, 0x28d98e210d04d90a, 0x74e234160d551bd4, 0xfe61af5c19b6ffc7, 0xdfbf3281751511e9];
