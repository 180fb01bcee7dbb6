// SPDX-License-Identifier: MIT
/// The names by which the opcode table refers to the handlers of MMX and SSE.
#pragma once

#include "cpu/handler_sets.hpp"

namespace utsim::cpu::execute {

// execute_sse_move.cpp
extern const VectorSets movd_load, movd_store, pinsrw, pextrw, pmovmskb, maskmov;
extern const HandlerSet movaps_load, movaps_store, movups_load, movups_store, movss_load;
extern const HandlerSet movss_store, movsd_load, movsd_store, movlps_load, movhps_load, movhlps;
extern const HandlerSet movlps_store, movhps_store, movq_load, movq_mmx_load, movq_mmx_store;
extern const HandlerSet movq2dq, movdq2q, pinsrb, pinsrd, pextrb, pextrd, extractps, movmskps;
extern const HandlerSet movmskpd, emms, ldmxcsr, stmxcsr, clflush;

// execute_sse_integer.cpp
extern const VectorSets paddb, paddw, paddd, paddq, paddsb, paddsw, paddusb, paddusw, psubb, psubw;
extern const VectorSets psubd, psubq, psubsb, psubsw, psubusb, psubusw, pavgb, pavgw, pminub;
extern const VectorSets pminsw, pmaxub, pmaxsw, pcmpeqb, pcmpeqw, pcmpeqd, pcmpgtb, pcmpgtw;
extern const VectorSets pcmpgtd, pmullw, pmulhw, pmulhuw, pmulhrsw, pmuludq, pmaddwd, pmaddubsw;
extern const VectorSets psadbw, psignb, psignw, psignd, pabsb, pabsw, pabsd, phaddw, phaddd;
extern const VectorSets phaddsw, phsubw, phsubd, phsubsw, pand, pandn, por, pxor, psllw, pslld;
extern const VectorSets psllq, psrlw, psrld, psrlq, psraw, psrad, psllw_by, pslld_by, psllq_by;
extern const VectorSets psrlw_by, psrld_by, psrlq_by, psraw_by, psrad_by;
extern const HandlerSet pminsb, pminsd, pminuw, pminud, pmaxsb, pmaxsd, pmaxuw, pmaxud, pcmpeqq;
extern const HandlerSet pcmpgtq, pmulld, pmuldq, mpsadbw, phminposuw, pslldq, psrldq;

// execute_sse_shuffle.cpp
extern const VectorSets punpcklbw, punpcklwd, punpckldq, punpckhbw, punpckhwd, punpckhdq, packsswb;
extern const VectorSets packssdw, packuswb, pshufb, palignr;
extern const HandlerSet punpcklqdq, punpckhqdq, packusdw, pshufd, pshuflw, pshufhw, pshufw, shufps;
extern const HandlerSet shufpd, blendps, blendpd, pblendw, pblendvb, blendvps, blendvpd, pmovsxbw;
extern const HandlerSet pmovsxbd, pmovsxbq, pmovsxwd, pmovsxwq, pmovsxdq, pmovzxbw, pmovzxbd;
extern const HandlerSet pmovzxbq, pmovzxwd, pmovzxwq, pmovzxdq, movsldup, movshdup, movddup;
extern const HandlerSet insertps;

// execute_sse_float.cpp
extern const FloatSets add_float, sub_float, mul_float, div_float, min_float, max_float, sqrt_float;
extern const FloatSets cmp_float;
extern const HandlerSet ucomiss, ucomisd, comiss, comisd, haddps, haddpd, hsubps, hsubpd, addsubps;
extern const HandlerSet addsubpd;

// execute_sse_convert.cpp
extern const HandlerSet cvtdq2ps, cvtdq2pd, cvtps2dq, cvttps2dq, cvtpd2dq, cvttpd2dq, cvtps2pd;
extern const HandlerSet cvtpd2ps, cvtss2sd, cvtsd2ss, cvtsi2ss, cvtsi2sd, cvtss2si, cvtsd2si;
extern const HandlerSet cvttss2si, cvttsd2si, cvtpi2ps, cvtpi2pd, cvtps2pi, cvttps2pi, cvtpd2pi;
extern const HandlerSet cvttpd2pi;

// execute_sse_approximate.cpp
extern const HandlerSet rcpps, rcpss, rsqrtps, rsqrtss;

// execute_sse4.cpp
extern const FloatSets round_float;
extern const HandlerSet ptest, dpps, dppd;

// execute_sse_string.cpp
extern const HandlerSet pcmpestrm, pcmpestri, pcmpistrm, pcmpistri;

}  // namespace utsim::cpu::execute
