// SPDX-License-Identifier: MIT
// Zydis knows one name for each instruction and register; the tables here invert its lists and add
// the other names of the same instruction. They are built once and never change.
#include "cpu/assembler_names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <vector>

namespace utsim::cpu::assembler {

namespace {

struct Alias {
    std::string_view name;
    std::string_view canonical;
};

// Conditions that have two names; each applies to j, set and cmov.
constexpr Alias condition_aliases[] = {
    {"e", "z"},   {"ne", "nz"}, {"c", "b"},   {"nae", "b"}, {"nc", "nb"},
    {"ae", "nb"}, {"a", "nbe"}, {"na", "be"}, {"nge", "l"}, {"ge", "nl"},
    {"ng", "le"}, {"g", "nle"}, {"pe", "p"},  {"po", "np"},
};

constexpr Alias mnemonic_aliases[] = {
    {"sal", "shl"},     {"movabs", "mov"},    {"retn", "ret"},   {"retf", "ret"},
    {"lret", "ret"},    {"pushf", "pushfq"},  {"popf", "popfq"}, {"icebp", "int1"},
    {"loopz", "loope"}, {"loopnz", "loopne"}, {"wait", "fwait"}, {"iret", "iretd"},
    {"xlatb", "xlat"},  {"ud2a", "ud2"},
};

using MnemonicTable = std::map<std::string, ZydisMnemonic, std::less<>>;

const MnemonicTable& mnemonics() {
    static const MnemonicTable table = [] {
        MnemonicTable names;
        for (int i = ZYDIS_MNEMONIC_INVALID + 1; i <= ZYDIS_MNEMONIC_MAX_VALUE; ++i) {
            const auto mnemonic = static_cast<ZydisMnemonic>(i);
            names.emplace(ZydisMnemonicGetString(mnemonic), mnemonic);
        }
        const auto add = [&](const std::string& name, const std::string& canonical) {
            const auto found = names.find(canonical);
            if (found != names.end()) names.emplace(name, found->second);
        };
        for (const Alias& alias : condition_aliases) {
            for (const std::string stem : {"j", "set", "cmov"}) {
                add(stem + std::string(alias.name), stem + std::string(alias.canonical));
            }
        }
        for (const Alias& alias : mnemonic_aliases) {
            add(std::string(alias.name), std::string(alias.canonical));
        }
        return names;
    }();
    return table;
}

using RegisterTable = std::map<std::string, ZydisRegister, std::less<>>;

const RegisterTable& registers() {
    static const RegisterTable table = [] {
        RegisterTable names;
        for (int i = ZYDIS_REGISTER_NONE + 1; i <= ZYDIS_REGISTER_MAX_VALUE; ++i) {
            const auto reg = static_cast<ZydisRegister>(i);
            const char* name = ZydisRegisterGetString(reg);
            if (name != nullptr) names.emplace(name, reg);
        }
        // Parts of the flags and control words are no operands, and good names for labels.
        for (const char* name : {"none", "flags", "eflags", "rflags", "ip", "eip", "mxcsr", "pkru",
                                 "xcr0", "uif", "x87control", "x87status", "x87tag", "gdtr", "ldtr",
                                 "idtr", "tr", "bndcfg", "bndstatus"}) {
            names.erase(name);
        }
        return names;
    }();
    return table;
}

template <typename Value, std::size_t n>
std::optional<Value> find_in(const std::array<std::pair<std::string_view, Value>, n>& table,
                             std::string_view name) {
    for (const auto& [known, value] : table) {
        if (known == name) return value;
    }
    return std::nullopt;
}

}  // namespace

std::optional<ZydisMnemonic> find_mnemonic(std::string_view name) {
    const auto found = mnemonics().find(name);
    if (found == mnemonics().end()) return std::nullopt;
    return found->second;
}

std::optional<ZydisRegister> find_register(std::string_view name) {
    const auto found = registers().find(name);
    if (found == registers().end()) return std::nullopt;
    return found->second;
}

std::optional<unsigned> find_size(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, unsigned>, 11> sizes{{
        {"byte", 1},
        {"word", 2},
        {"dword", 4},
        {"fword", 6},
        {"qword", 8},
        {"tbyte", 10},
        {"tword", 10},
        {"oword", 16},
        {"xmmword", 16},
        {"ymmword", 32},
        {"zmmword", 64},
    }};
    return find_in(sizes, name);
}

std::optional<ZydisInstructionAttributes> find_prefix(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, ZydisInstructionAttributes>, 8> all{{
        {"lock", ZYDIS_ATTRIB_HAS_LOCK},
        {"rep", ZYDIS_ATTRIB_HAS_REP},
        {"repe", ZYDIS_ATTRIB_HAS_REPE},
        {"repz", ZYDIS_ATTRIB_HAS_REPE},
        {"repne", ZYDIS_ATTRIB_HAS_REPNE},
        {"repnz", ZYDIS_ATTRIB_HAS_REPNE},
        {"bnd", ZYDIS_ATTRIB_HAS_BND},
        {"notrack", ZYDIS_ATTRIB_HAS_NOTRACK},
    }};
    return find_in(all, name);
}

std::optional<ZydisInstructionAttributes> segment_prefix(ZydisRegister segment) {
    switch (segment) {
        case ZYDIS_REGISTER_CS:
            return ZYDIS_ATTRIB_HAS_SEGMENT_CS;
        case ZYDIS_REGISTER_SS:
            return ZYDIS_ATTRIB_HAS_SEGMENT_SS;
        case ZYDIS_REGISTER_DS:
            return ZYDIS_ATTRIB_HAS_SEGMENT_DS;
        case ZYDIS_REGISTER_ES:
            return ZYDIS_ATTRIB_HAS_SEGMENT_ES;
        case ZYDIS_REGISTER_FS:
            return ZYDIS_ATTRIB_HAS_SEGMENT_FS;
        case ZYDIS_REGISTER_GS:
            return ZYDIS_ATTRIB_HAS_SEGMENT_GS;
        default:
            return std::nullopt;
    }
}

unsigned register_bits(ZydisRegister reg) {
    return ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, reg);
}

Reach reach_of(ZydisMnemonic mnemonic) {
    switch (mnemonic) {
        case ZYDIS_MNEMONIC_JCXZ:
        case ZYDIS_MNEMONIC_JECXZ:
        case ZYDIS_MNEMONIC_JRCXZ:
        case ZYDIS_MNEMONIC_LOOP:
        case ZYDIS_MNEMONIC_LOOPE:
        case ZYDIS_MNEMONIC_LOOPNE:
            return Reach::short_only;
        case ZYDIS_MNEMONIC_CALL:
        case ZYDIS_MNEMONIC_XBEGIN:
            return Reach::near_only;
        default:
            break;
    }
    return ZydisMnemonicGetString(mnemonic)[0] == 'j' ? Reach::either : Reach::not_a_branch;
}

bool counts_with_cl(ZydisMnemonic mnemonic) {
    switch (mnemonic) {
        case ZYDIS_MNEMONIC_SHL:
        case ZYDIS_MNEMONIC_SHR:
        case ZYDIS_MNEMONIC_SAR:
        case ZYDIS_MNEMONIC_ROL:
        case ZYDIS_MNEMONIC_ROR:
        case ZYDIS_MNEMONIC_RCL:
        case ZYDIS_MNEMONIC_RCR:
            return true;
        default:
            return false;
    }
}

bool defaults_to_64_bits(ZydisMnemonic mnemonic) {
    switch (mnemonic) {
        case ZYDIS_MNEMONIC_PUSH:
        case ZYDIS_MNEMONIC_POP:
        case ZYDIS_MNEMONIC_CALL:
        case ZYDIS_MNEMONIC_JMP:
            return true;
        default:
            return false;
    }
}

unsigned distance(std::string_view a, std::string_view b, unsigned enough) {
    constexpr std::size_t longest = 40;
    const std::size_t difference = a.size() < b.size() ? b.size() - a.size() : a.size() - b.size();
    if (difference >= enough || std::max(a.size(), b.size()) > longest) return enough;
    unsigned rows[3][longest + 1];
    unsigned *before_last = rows[0], *last = rows[1], *row = rows[2];
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<unsigned>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        unsigned* const oldest = before_last;
        before_last = last;
        last = row;
        row = oldest;
        row[0] = static_cast<unsigned>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
    }
    return row[b.size()];
}

std::string suggest_mnemonic(std::string_view typed) {
    if (typed.size() < 2 || typed.size() > 20) return {};
    const unsigned enough = typed.size() <= 4 ? 1 : 2;
    unsigned best = enough + 1;
    std::string_view nearest;
    for (const auto& [name, mnemonic] : mnemonics()) {
        const unsigned d = distance(typed, name, best);
        if (d < best) {
            best = d;
            nearest = name;
        }
    }
    if (nearest.empty()) return {};
    return "did you mean '" + std::string(nearest) + "'?";
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

}  // namespace utsim::cpu::assembler
