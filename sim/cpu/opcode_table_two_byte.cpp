// SPDX-License-Identifier: MIT
// The maps behind the escapes 0F, 0F 38 and 0F 3A, but for MMX and SSE (opcode_table_sse.cpp). A
// missing opcode is #UD.
#include "cpu/opcode_table.hpp"

namespace utsim::cpu::opcode_table {
namespace {

namespace x = execute;
using enum Form;
using namespace attribute;

constexpr const char* group_6 = "JMPE (0F 00) is not implemented";
constexpr const char* group_7 =
    "MONITOR, XGETBV, VMX, SVM and their group (0F 01) are not implemented";
constexpr const char* group_15 = "XSAVE and its group (0F AE) are not implemented";
constexpr std::int8_t fs = 4, gs = 5;
constexpr Prefix xF2 = Prefix::xF2, xF3 = Prefix::xF3;

constexpr Row rows[] = {
    {0x00, 0x00, Ev, "SLDT", &x::sldt, 0, 0},
    {0x00, 0x00, Ev, "STR", &x::str, 0, 1},
    {0x00, 0x00, Ev, "LLDT", &x::privileged, 0, 2},
    {0x00, 0x00, Ev, "LTR", &x::privileged, 0, 3},
    {0x00, 0x00, Ev, "VERR", &x::verr, 0, 4},
    {0x00, 0x00, Ev, "VERW", &x::verw, 0, 5},
    {0x00, 0x00, unimplemented, group_6},
    {0x01, 0x01, M, "SGDT", &x::sgdt, memory_only, 0},
    {0x01, 0x01, M, "SIDT", &x::sidt, memory_only, 1},
    {0x01, 0x01, M, "LGDT", &x::privileged, memory_only, 2},
    {0x01, 0x01, M, "LIDT", &x::privileged, memory_only, 3},
    {0x01, 0x01, Ev, "SMSW", &x::smsw, 0, 4},
    {0x01, 0x01, Ev, "LMSW", &x::privileged, 0, 6},
    {0x01, 0x01, M, "INVLPG", &x::privileged, memory_only, 7},
    {0x01, 0x01, Ev, "SWAPGS", &x::privileged, register_only, 7, Prefix::any, 0xf8},
    {0x01, 0x01, Ev, "RDTSCP", &x::rdtscp, register_only, 7, Prefix::any, 0xf9},
    {0x01, 0x01, unimplemented, group_7},
    {0x02, 0x02, Gv_Ew, "LAR", &x::lar},
    {0x03, 0x03, Gv_Ew, "LSL", &x::lsl},
    {0x05, 0x05, none, "SYSCALL", &x::syscall, ends},
    {0x06, 0x06, none, "CLTS", &x::privileged},
    {0x07, 0x07, none, "SYSRET", &x::privileged},
    {0x08, 0x08, none, "INVD", &x::privileged},
    {0x09, 0x09, none, "WBINVD", &x::privileged},
    {0x0b, 0x0b, undefined, "UD2"},
    {0x0d, 0x0d, Ev, "PREFETCH", &x::nop, memory_only},
    {0x0d, 0x0d, unimplemented, "PREFETCH of a register is not implemented"},
    {0x0e, 0x0f, unimplemented, "3DNow! instructions are not implemented"},
    {0x18, 0x1f, Ev, "NOP", &x::nop},
    // ModRM.mod does not count, so that ModRM is as good as an immediate. LOCK makes CR0 CR8.
    {0x20, 0x20, Ib, "MOV", &x::privileged, lock | without_rex_r, 0},
    {0x20, 0x20, Ib, "MOV", &x::privileged, 0, 0},
    {0x20, 0x20, Ib, "MOV", &x::privileged, without_rex_r, 2},
    {0x20, 0x20, Ib, "MOV", &x::privileged, without_rex_r, 3},
    {0x20, 0x20, Ib, "MOV", &x::privileged, without_rex_r, 4},
    {0x21, 0x21, Ib, "MOV", &x::privileged, without_rex_r},
    {0x22, 0x22, Ib, "MOV", &x::privileged, lock | without_rex_r, 0},
    {0x22, 0x22, Ib, "MOV", &x::privileged, 0, 0},
    {0x22, 0x22, Ib, "MOV", &x::privileged, without_rex_r, 2},
    {0x22, 0x22, Ib, "MOV", &x::privileged, without_rex_r, 3},
    {0x22, 0x22, Ib, "MOV", &x::privileged, without_rex_r, 4},
    {0x23, 0x23, Ib, "MOV", &x::privileged, without_rex_r},
    {0x2b, 0x2b, unimplemented, "SSE4a is not implemented", nullptr, memory_only, any_digit, xF2},
    {0x2b, 0x2b, unimplemented, "SSE4a is not implemented", nullptr, memory_only, any_digit, xF3},
    {0x30, 0x30, none, "WRMSR", &x::privileged},
    {0x31, 0x31, none, "RDTSC", &x::rdtsc},
    {0x32, 0x32, none, "RDMSR", &x::privileged},
    {0x33, 0x33, none, "RDPMC", &x::privileged},
    {0x34, 0x34, undefined, "SYSENTER"},
    {0x35, 0x35, undefined, "SYSEXIT"},
    {0x37, 0x37, unimplemented, "GETSEC is not implemented"},
    {0x40, 0x4f, Gv_Ev, "CMOVcc", &x::cmovcc[0], by_condition},
    {0x78, 0x79, unimplemented, "VMREAD, VMWRITE and SSE4a (0F 78, 0F 79) are not implemented"},
    {0x80, 0x8f, Jz, "Jcc", &x::jcc[0], by_condition | force64},
    {0x90, 0x9f, Eb, "SETcc", &x::setcc[0], by_condition},
    {0xa0, 0xa0, seg, "PUSH FS", &x::push_segment, default64, fs},
    {0xa1, 0xa1, seg, "POP FS", &x::pop_segment, default64, fs},
    {0xa2, 0xa2, none, "CPUID", &x::cpuid},
    {0xa3, 0xa3, Ev_Gv, "BT", &x::bt},
    {0xa4, 0xa4, Ev_Gv_Ib, "SHLD", &x::shld_immediate},
    {0xa5, 0xa5, Ev_Gv_CL, "SHLD", &x::shld_cl},
    {0xa6, 0xa7, unimplemented, "PadLock instructions are not implemented"},
    {0xa8, 0xa8, seg, "PUSH GS", &x::push_segment, default64, gs},
    {0xa9, 0xa9, seg, "POP GS", &x::pop_segment, default64, gs},
    {0xaa, 0xaa, unimplemented, "RSM is not implemented"},
    {0xab, 0xab, Ev_Gv, "BTS", &x::bts, lock},
    {0xac, 0xac, Ev_Gv_Ib, "SHRD", &x::shrd_immediate},
    {0xad, 0xad, Ev_Gv_CL, "SHRD", &x::shrd_cl},
    {0xae, 0xae, Ev, "RDFSBASE", &x::rdfsbase, register_only | no_66, 0, Prefix::xF3},
    {0xae, 0xae, Ev, "RDGSBASE", &x::rdgsbase, register_only | no_66, 1, Prefix::xF3},
    {0xae, 0xae, Ev, "WRFSBASE", &x::wrfsbase, register_only | no_66, 2, Prefix::xF3},
    {0xae, 0xae, Ev, "WRGSBASE", &x::wrgsbase, register_only | no_66, 3, Prefix::xF3},
    {0xae, 0xae, M, "FXSAVE", &x::fxsave, memory_only, 0, Prefix::none},
    {0xae, 0xae, M, "FXRSTOR", &x::fxrstor, memory_only, 1, Prefix::none},
    {0xae, 0xae, Ev, "LFENCE", &x::nop, register_only, 5, Prefix::none},
    {0xae, 0xae, Ev, "MFENCE", &x::nop, register_only, 6, Prefix::none},
    {0xae, 0xae, Ev, "SFENCE", &x::nop, register_only, 7, Prefix::none},
    {0xae, 0xae, unimplemented, group_15},
    {0xaf, 0xaf, Gv_Ev, "IMUL", &x::imul_two},
    {0xb0, 0xb0, Eb_Gb, "CMPXCHG", &x::cmpxchg, lock},
    {0xb1, 0xb1, Ev_Gv, "CMPXCHG", &x::cmpxchg, lock},
    {0xb2, 0xb2, Gv_M, "LSS", &x::lss, memory_only},
    {0xb3, 0xb3, Ev_Gv, "BTR", &x::btr, lock},
    {0xb4, 0xb4, Gv_M, "LFS", &x::lfs, memory_only},
    {0xb5, 0xb5, Gv_M, "LGS", &x::lgs, memory_only},
    {0xb6, 0xb6, Gv_Eb, "MOVZX", &x::movzx_byte},
    {0xb7, 0xb7, Gv_Ew, "MOVZX", &x::movzx_word},
    {0xb8, 0xb8, Gv_Ev, "POPCNT", &x::popcnt, 0, any_digit, Prefix::xF3},
    {0xb9, 0xb9, undefined, "UD1"},
    {0xba, 0xba, Ev_Ib, "BT", &x::bt, 0, 4},
    {0xba, 0xba, Ev_Ib, "BTS", &x::bts, lock, 5},
    {0xba, 0xba, Ev_Ib, "BTR", &x::btr, lock, 6},
    {0xba, 0xba, Ev_Ib, "BTC", &x::btc, lock, 7},
    {0xbb, 0xbb, Ev_Gv, "BTC", &x::btc, lock},
    {0xbc, 0xbc, Gv_Ev, "TZCNT", &x::tzcnt, 0, any_digit, Prefix::xF3},
    {0xbc, 0xbc, Gv_Ev, "BSF", &x::bsf},
    {0xbd, 0xbd, Gv_Ev, "LZCNT", &x::lzcnt, 0, any_digit, Prefix::xF3},
    {0xbd, 0xbd, Gv_Ev, "BSR", &x::bsr},
    {0xbe, 0xbe, Gv_Eb, "MOVSX", &x::movsx_byte},
    {0xbf, 0xbf, Gv_Ew, "MOVSX", &x::movsx_word},
    {0xc0, 0xc0, Eb_Gb, "XADD", &x::xadd, lock},
    {0xc1, 0xc1, Ev_Gv, "XADD", &x::xadd, lock},
    {0xc7, 0xc7, M, "CMPXCHG16B", &x::cmpxchg16b, lock | memory_only | rex_w, 1},
    {0xc7, 0xc7, M, "CMPXCHG8B", &x::cmpxchg8b, lock | memory_only, 1},
    {0xc7, 0xc7, Ev, "RDPID", &x::rdpid, register_only | no_66, 7, Prefix::xF3},
    {0xc7, 0xc7, unimplemented, "RDRAND, RDSEED and XSAVE (0F C7) are not implemented"},
    {0xc8, 0xcf, Zv, "BSWAP", &x::bswap},
    {0xff, 0xff, undefined, "UD0"},
};

constexpr const char* map_38 = "AES, SHA and other extensions (0F 38) are not implemented";
constexpr const char* map_3a = "AES, PCLMULQDQ and other extensions (0F 3A) are not implemented";

constexpr Row rows_38[] = {
    {0x00, 0xef, unimplemented, map_38},
    {0xf0, 0xf0, Gv_Eb, "CRC32", &x::crc32_byte, 0, any_digit, Prefix::xF2},
    {0xf0, 0xf0, Gv_Ev, "MOVBE", &x::movbe, memory_only, any_digit, Prefix::no_repeat},
    {0xf1, 0xf1, Gv_Ev, "CRC32", &x::crc32, 0, any_digit, Prefix::xF2},
    {0xf1, 0xf1, Ev_Gv, "MOVBE", &x::movbe, memory_only, any_digit, Prefix::no_repeat},
    {0xf2, 0xf5, unimplemented, map_38},
    {0xf6, 0xf6, Gv_Ev, "ADCX", &x::adcx, no_66, any_digit, Prefix::x66},
    {0xf6, 0xf6, Gv_Ev, "ADOX", &x::adox, no_66, any_digit, Prefix::xF3},
    {0xf6, 0xff, unimplemented, map_38},
};

constexpr Row rows_3a[] = {
    {0x00, 0xff, unimplemented, map_3a},
};

}  // namespace

std::span<const Row> two_byte() { return rows; }
std::span<const Row> three_byte_38() { return rows_38; }
std::span<const Row> three_byte_3a() { return rows_3a; }

}  // namespace utsim::cpu::opcode_table
