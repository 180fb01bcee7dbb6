// SPDX-License-Identifier: MIT
// The table of operand forms. A form that takes its operands from ModRM has one shape for a
// register there and one for memory; the others have one shape only.
#include "cpu/operand_form.hpp"

#include <cstddef>

namespace utsim::cpu {
namespace {

using R = Roles;
using I = Immediate;
using enum Shape;
constexpr Shape none_ = Shape::none;

constexpr FormInfo infos[] = {
    {Form::none, R::none, I::none, none_, none_},
    {Form::none_b, R::none, I::none, none_, none_, true},
    {Form::Ib, R::none, I::Ib, none_, none_},
    {Form::Iz, R::none, I::Iz, none_, none_},
    {Form::Iw, R::none, I::Iw, none_, none_},
    {Form::Iw_Ib, R::none, I::Iw_Ib, none_, none_},
    {Form::Jb, R::none, I::Ib, none_, none_},
    {Form::Jz, R::none, I::Jz, none_, none_},
    {Form::Eb, R::E, I::none, r, m, true},
    {Form::Ev, R::E, I::none, r, m},
    {Form::Eb_Gb, R::E_G, I::none, rr, mr, true},
    {Form::Ev_Gv, R::E_G, I::none, rr, mr},
    {Form::Gb_Eb, R::G_E, I::none, rr, rm, true},
    {Form::Gv_Ev, R::G_E, I::none, rr, rm},
    {Form::Gv_Eb, R::G_E, I::none, rr, rm, false, true},
    {Form::Gv_Ew, R::G_E, I::none, rr, rm},
    {Form::Gv_Ed, R::G_E, I::none, rr, rm},
    {Form::Gv_M, R::G_E, I::none, rr, rm},
    {Form::M, R::E, I::none, r, m},
    {Form::Eb_Ib, R::E, I::Ib, ri, mi, true},
    {Form::Ev_Iz, R::E, I::Iz, ri, mi},
    {Form::Ev_Ib, R::E, I::Ib, ri, mi},
    {Form::Eb_1, R::E, I::one, ri, mi, true},
    {Form::Ev_1, R::E, I::one, ri, mi},
    {Form::Eb_CL, R::E, I::none, r, m, true},
    {Form::Ev_CL, R::E, I::none, r, m},
    {Form::Gv_Ev_Iz, R::G_E, I::Iz, rr, rm},
    {Form::Gv_Ev_Ib, R::G_E, I::Ib, rr, rm},
    {Form::Ev_Gv_Ib, R::E_G, I::Ib, rr, mr},
    {Form::Ev_Gv_CL, R::E_G, I::none, rr, mr},
    {Form::AL_Ib, R::accumulator, I::Ib, ri, ri, true},
    {Form::rAX_Iz, R::accumulator, I::Iz, ri, ri},
    {Form::AL_Ob, R::accumulator, I::O, rm, rm, true},
    {Form::rAX_Ov, R::accumulator, I::O, rm, rm},
    {Form::Ob_AL, R::accumulator, I::O, mr, mr, true},
    {Form::Ov_rAX, R::accumulator, I::O, mr, mr},
    {Form::Zv, R::Z, I::none, r, r},
    {Form::Zb_Ib, R::Z, I::Ib, ri, ri, true},
    {Form::Zv_Iv, R::Z, I::Iv, ri, ri},
    {Form::Zv_rAX, R::Z_rAX, I::none, rr, rr},
    {Form::Ev_Sw, R::E_S, I::none, rr, mr},
    {Form::Sw_Ew, R::S_E, I::none, rr, rm},
    {Form::seg, R::implied_segment, I::none, r, r},
    {Form::V_W, R::G_E, I::none, rr, rm, false, false, Bank::xmm, Bank::xmm, 16},
    {Form::V_Wq, R::G_E, I::none, rr, rm, false, false, Bank::xmm, Bank::xmm, 8},
    {Form::V_Wd, R::G_E, I::none, rr, rm, false, false, Bank::xmm, Bank::xmm, 4},
    {Form::V_Ww, R::G_E, I::none, rr, rm, false, false, Bank::xmm, Bank::xmm, 2},
    {Form::W_V, R::E_G, I::none, rr, mr, false, false, Bank::xmm, Bank::xmm, 16},
    {Form::Wq_V, R::E_G, I::none, rr, mr, false, false, Bank::xmm, Bank::xmm, 8},
    {Form::Wd_V, R::E_G, I::none, rr, mr, false, false, Bank::xmm, Bank::xmm, 4},
    {Form::V_W_Ib, R::G_E, I::Ib, rr, rm, false, false, Bank::xmm, Bank::xmm, 16},
    {Form::V_Wq_Ib, R::G_E, I::Ib, rr, rm, false, false, Bank::xmm, Bank::xmm, 8},
    {Form::V_Wd_Ib, R::G_E, I::Ib, rr, rm, false, false, Bank::xmm, Bank::xmm, 4},
    {Form::W_Ib, R::E, I::Ib, ri, mi, false, false, Bank::general, Bank::xmm, 16},
    {Form::V_E, R::G_E, I::none, rr, rm, false, false, Bank::xmm, Bank::general, 0},
    {Form::E_V, R::E_G, I::none, rr, mr, false, false, Bank::xmm, Bank::general, 0},
    {Form::V_E_Ib, R::G_E, I::Ib, rr, rm, false, false, Bank::xmm, Bank::general, 0},
    {Form::V_Ew_Ib, R::G_E, I::Ib, rr, rm, false, false, Bank::xmm, Bank::general, 2},
    {Form::V_Eb_Ib, R::G_E, I::Ib, rr, rm, false, false, Bank::xmm, Bank::general, 1},
    {Form::E_V_Ib, R::E_G, I::Ib, rr, mr, false, false, Bank::xmm, Bank::general, 0},
    {Form::Ed_V_Ib, R::E_G, I::Ib, rr, mr, false, false, Bank::xmm, Bank::general, 4},
    {Form::Ew_V_Ib, R::E_G, I::Ib, rr, mr, false, false, Bank::xmm, Bank::general, 2},
    {Form::Eb_V_Ib, R::E_G, I::Ib, rr, mr, false, false, Bank::xmm, Bank::general, 1},
    {Form::G_W, R::G_E, I::none, rr, rm, false, false, Bank::general, Bank::xmm, 16},
    {Form::G_Wq, R::G_E, I::none, rr, rm, false, false, Bank::general, Bank::xmm, 8},
    {Form::G_Wd, R::G_E, I::none, rr, rm, false, false, Bank::general, Bank::xmm, 4},
    {Form::G_W_Ib, R::G_E, I::Ib, rr, rm, false, false, Bank::general, Bank::xmm, 16},
    {Form::P_Q, R::G_E, I::none, rr, rm, false, false, Bank::mmx, Bank::mmx, 8},
    {Form::P_Qd, R::G_E, I::none, rr, rm, false, false, Bank::mmx, Bank::mmx, 4},
    {Form::Q_P, R::E_G, I::none, rr, mr, false, false, Bank::mmx, Bank::mmx, 8},
    {Form::P_Q_Ib, R::G_E, I::Ib, rr, rm, false, false, Bank::mmx, Bank::mmx, 8},
    {Form::Q_Ib, R::E, I::Ib, ri, mi, false, false, Bank::general, Bank::mmx, 8},
    {Form::P_E, R::G_E, I::none, rr, rm, false, false, Bank::mmx, Bank::general, 0},
    {Form::E_P, R::E_G, I::none, rr, mr, false, false, Bank::mmx, Bank::general, 0},
    {Form::P_Ew_Ib, R::G_E, I::Ib, rr, rm, false, false, Bank::mmx, Bank::general, 2},
    {Form::G_Q, R::G_E, I::none, rr, rm, false, false, Bank::general, Bank::mmx, 8},
    {Form::G_Q_Ib, R::G_E, I::Ib, rr, rm, false, false, Bank::general, Bank::mmx, 8},
    {Form::V_Q, R::G_E, I::none, rr, rm, false, false, Bank::xmm, Bank::mmx, 8},
    {Form::P_W, R::G_E, I::none, rr, rm, false, false, Bank::mmx, Bank::xmm, 16},
    {Form::P_Wq, R::G_E, I::none, rr, rm, false, false, Bank::mmx, Bank::xmm, 8},
    {Form::x87, R::x87, I::none, r, m},
};

consteval bool in_order() {
    for (std::size_t n = 0; n < sizeof infos / sizeof infos[0]; ++n) {
        if (static_cast<std::size_t>(infos[n].form) != n) return false;
    }
    return true;
}
static_assert(in_order(), "forms are looked up by number");

}  // namespace

const FormInfo& form_info(Form form) { return infos[static_cast<std::size_t>(form)]; }

}  // namespace utsim::cpu
