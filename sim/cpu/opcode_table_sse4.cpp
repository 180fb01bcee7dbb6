// SPDX-License-Identifier: MIT
// The instructions on MMX and XMM registers behind 0F 38 and 0F 3A: SSSE3, SSE4.1, SSE4.2.
#include "cpu/handler_sets_vector.hpp"
#include "cpu/opcode_table.hpp"

namespace utsim::cpu::opcode_table {
namespace {

namespace x = execute;
using enum Form;
using namespace attribute;

constexpr Prefix np = Prefix::none, p66 = Prefix::x66;

constexpr Row at(std::uint8_t opcode, Prefix prefix, Form form, const char* name,
                 const HandlerSet& set, std::uint16_t attributes = 0,
                 std::int8_t digit = any_digit) {
    return {opcode, opcode, form, name, &set, attributes, digit, prefix};
}

constexpr Row rows_38[] = {
    at(0x00, np, P_Q, "PSHUFB", x::pshufb.mmx),
    at(0x00, p66, V_W, "PSHUFB", x::pshufb.xmm),
    at(0x01, np, P_Q, "PHADDW", x::phaddw.mmx),
    at(0x01, p66, V_W, "PHADDW", x::phaddw.xmm),
    at(0x02, np, P_Q, "PHADDD", x::phaddd.mmx),
    at(0x02, p66, V_W, "PHADDD", x::phaddd.xmm),
    at(0x03, np, P_Q, "PHADDSW", x::phaddsw.mmx),
    at(0x03, p66, V_W, "PHADDSW", x::phaddsw.xmm),
    at(0x04, np, P_Q, "PMADDUBSW", x::pmaddubsw.mmx),
    at(0x04, p66, V_W, "PMADDUBSW", x::pmaddubsw.xmm),
    at(0x05, np, P_Q, "PHSUBW", x::phsubw.mmx),
    at(0x05, p66, V_W, "PHSUBW", x::phsubw.xmm),
    at(0x06, np, P_Q, "PHSUBD", x::phsubd.mmx),
    at(0x06, p66, V_W, "PHSUBD", x::phsubd.xmm),
    at(0x07, np, P_Q, "PHSUBSW", x::phsubsw.mmx),
    at(0x07, p66, V_W, "PHSUBSW", x::phsubsw.xmm),
    at(0x08, np, P_Q, "PSIGNB", x::psignb.mmx),
    at(0x08, p66, V_W, "PSIGNB", x::psignb.xmm),
    at(0x09, np, P_Q, "PSIGNW", x::psignw.mmx),
    at(0x09, p66, V_W, "PSIGNW", x::psignw.xmm),
    at(0x0a, np, P_Q, "PSIGND", x::psignd.mmx),
    at(0x0a, p66, V_W, "PSIGND", x::psignd.xmm),
    at(0x0b, np, P_Q, "PMULHRSW", x::pmulhrsw.mmx),
    at(0x0b, p66, V_W, "PMULHRSW", x::pmulhrsw.xmm),
    at(0x10, p66, V_W, "PBLENDVB", x::pblendvb),
    at(0x14, p66, V_W, "BLENDVPS", x::blendvps),
    at(0x15, p66, V_W, "BLENDVPD", x::blendvpd),
    at(0x17, p66, V_W, "PTEST", x::ptest),
    at(0x1c, np, P_Q, "PABSB", x::pabsb.mmx),
    at(0x1c, p66, V_W, "PABSB", x::pabsb.xmm),
    at(0x1d, np, P_Q, "PABSW", x::pabsw.mmx),
    at(0x1d, p66, V_W, "PABSW", x::pabsw.xmm),
    at(0x1e, np, P_Q, "PABSD", x::pabsd.mmx),
    at(0x1e, p66, V_W, "PABSD", x::pabsd.xmm),
    at(0x20, p66, V_Wq, "PMOVSXBW", x::pmovsxbw),
    at(0x21, p66, V_Wd, "PMOVSXBD", x::pmovsxbd),
    at(0x22, p66, V_Ww, "PMOVSXBQ", x::pmovsxbq),
    at(0x23, p66, V_Wq, "PMOVSXWD", x::pmovsxwd),
    at(0x24, p66, V_Wd, "PMOVSXWQ", x::pmovsxwq),
    at(0x25, p66, V_Wq, "PMOVSXDQ", x::pmovsxdq),
    at(0x28, p66, V_W, "PMULDQ", x::pmuldq),
    at(0x29, p66, V_W, "PCMPEQQ", x::pcmpeqq),
    at(0x2a, p66, V_W, "MOVNTDQA", x::movaps_load, memory_only),
    at(0x2b, p66, V_W, "PACKUSDW", x::packusdw),
    at(0x30, p66, V_Wq, "PMOVZXBW", x::pmovzxbw),
    at(0x31, p66, V_Wd, "PMOVZXBD", x::pmovzxbd),
    at(0x32, p66, V_Ww, "PMOVZXBQ", x::pmovzxbq),
    at(0x33, p66, V_Wq, "PMOVZXWD", x::pmovzxwd),
    at(0x34, p66, V_Wd, "PMOVZXWQ", x::pmovzxwq),
    at(0x35, p66, V_Wq, "PMOVZXDQ", x::pmovzxdq),
    at(0x37, p66, V_W, "PCMPGTQ", x::pcmpgtq),
    at(0x38, p66, V_W, "PMINSB", x::pminsb),
    at(0x39, p66, V_W, "PMINSD", x::pminsd),
    at(0x3a, p66, V_W, "PMINUW", x::pminuw),
    at(0x3b, p66, V_W, "PMINUD", x::pminud),
    at(0x3c, p66, V_W, "PMAXSB", x::pmaxsb),
    at(0x3d, p66, V_W, "PMAXSD", x::pmaxsd),
    at(0x3e, p66, V_W, "PMAXUW", x::pmaxuw),
    at(0x3f, p66, V_W, "PMAXUD", x::pmaxud),
    at(0x40, p66, V_W, "PMULLD", x::pmulld),
    at(0x41, p66, V_W, "PHMINPOSUW", x::phminposuw),
};

constexpr Row rows_3a[] = {
    at(0x08, p66, V_W_Ib, "ROUNDPS", x::round_float.ps),
    at(0x09, p66, V_W_Ib, "ROUNDPD", x::round_float.pd),
    at(0x0a, p66, V_Wd_Ib, "ROUNDSS", x::round_float.ss),
    at(0x0b, p66, V_Wq_Ib, "ROUNDSD", x::round_float.sd),
    at(0x0c, p66, V_W_Ib, "BLENDPS", x::blendps),
    at(0x0d, p66, V_W_Ib, "BLENDPD", x::blendpd),
    at(0x0e, p66, V_W_Ib, "PBLENDW", x::pblendw),
    at(0x0f, np, P_Q_Ib, "PALIGNR", x::palignr.mmx),
    at(0x0f, p66, V_W_Ib, "PALIGNR", x::palignr.xmm),
    at(0x14, p66, Eb_V_Ib, "PEXTRB", x::pextrb),
    at(0x15, p66, Ew_V_Ib, "PEXTRW", x::pextrw.xmm),
    at(0x16, p66, E_V_Ib, "PEXTRD", x::pextrd),
    at(0x17, p66, Ed_V_Ib, "EXTRACTPS", x::extractps),
    at(0x20, p66, V_Eb_Ib, "PINSRB", x::pinsrb),
    at(0x21, p66, V_Wd_Ib, "INSERTPS", x::insertps),
    at(0x22, p66, V_E_Ib, "PINSRD", x::pinsrd),
    at(0x40, p66, V_W_Ib, "DPPS", x::dpps),
    at(0x41, p66, V_W_Ib, "DPPD", x::dppd),
    at(0x42, p66, V_W_Ib, "MPSADBW", x::mpsadbw),
    at(0x60, p66, V_W_Ib, "PCMPESTRM", x::pcmpestrm),
    at(0x61, p66, V_W_Ib, "PCMPESTRI", x::pcmpestri),
    at(0x62, p66, V_W_Ib, "PCMPISTRM", x::pcmpistrm),
    at(0x63, p66, V_W_Ib, "PCMPISTRI", x::pcmpistri),
};

}  // namespace

std::span<const Row> sse_38() { return rows_38; }
std::span<const Row> sse_3a() { return rows_3a; }

}  // namespace utsim::cpu::opcode_table
