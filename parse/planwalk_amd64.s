//go:build !purego

#include "textflag.h"
#include "go_asm.h"

DATA quotes<>+0(SB)/8, $0x2222222222222222
GLOBL quotes<>(SB), RODATA|NOPTR, $8
DATA slashes<>+0(SB)/8, $0x5c5c5c5c5c5c5c5c
GLOBL slashes<>(SB), RODATA|NOPTR, $8
DATA controls<>+0(SB)/8, $0x1f1f1f1f1f1f1f1f
GLOBL controls<>(SB), RODATA|NOPTR, $8
DATA zeros<>+0(SB)/8, $0x3030303030303030
GLOBL zeros<>(SB), RODATA|NOPTR, $8
DATA multiplier<>+0(SB)/8, $const_memoMul
GLOBL multiplier<>(SB), RODATA|NOPTR, $8

// SPECIAL finds quotes, backslashes and control characters in Y3, a bit each.
#define SPECIAL(mask) \
	VPCMPEQB Y0, Y3, Y4 \
	VPCMPEQB Y1, Y3, Y5 \
	VPMINUB Y2, Y3, Y6 \
	VPCMPEQB Y6, Y3, Y6 \
	VPOR Y4, Y5, Y5 \
	VPOR Y5, Y6, Y6 \
	VPMOVMSKB Y6, mask

// func stride(w *planWay, s *planStep, t *byte, i, n int) (last *planStep, next int)
//
// R8 w, R9 s, SI t, DI i, CX the last i at which there is room to look, R10 the
// guess, R11 the step tried, BX and DX where its value begins and ends, R12 how
// many values, R13 the line, R15 its slots.
TEXT ·stride(SB), NOSPLIT, $0-56
	MOVQ w+0(FP), R8
	MOVQ s+8(FP), R9
	MOVQ t+16(FP), SI
	MOVQ i+24(FP), DI
	MOVQ n+32(FP), CX
	SUBQ $(2*const_planHead+1), CX
	MOVQ planWay_guess(R8), R10
	MOVQ planWay_n(R8), R12
	MOVL planWay_seen(R8), R15
	IMUL3Q $walkedLine__size, planWay_filled(R8), R13
	LEAQ planWay_lines(R8)(R13*1), R13
	VPBROADCASTQ quotes<>(SB), Y0
	VPBROADCASTQ slashes<>(SB), Y1
	VPBROADCASTQ controls<>(SB), Y2 // the greatest of them

step:
	CMPQ R12, $const_planValues
	JGE  out
	CMPQ DI, CX
	JGT  out
	MOVQ planStep_then(R9)(R10*8), R11
	TESTQ R11, R11
	JZ   out
	VMOVDQU (SI)(DI*1), Y3
	VPXOR planStep_head(R11), Y3, Y3
	VPTEST planStep_mask(R11), Y3
	JNZ  out
	MOVQ planStep_n(R11), BX
	ADDQ DI, BX
	MOVQ BX, DX
	MOVBLZX planStep_pace(R11), AX
	CMPL AX, $const_paceSays
	JA   other

string: // of as many bytes as the last one here, as a rule: then DX does not wait for it
	VMOVDQU (SI)(BX*1), Y3
	SPECIAL(R14)
	TZCNTL R14, R14
	CMPQ R14, planStep_size(R11)
	JNE  resized
	ADDQ planStep_size(R11), DX
	CMPB (SI)(DX*1), $0x22
	JNE  unlike

quoted:
	LEAQ 1(DX), DI
	CMPL AX, $const_paceSays
	JE   says

note:
	MOVQ R12, AX
	SHLQ $4, AX
	ADDQ R8, AX
	MOVL BX, (planWay_values+walked_from)(AX)
	MOVL DX, (planWay_values+walked_to)(AX)
	MOVL planStep_no(R11), R14
	MOVL R14, (planWay_values+walked_step)(AX)
	MOVL $const_unknown, (planWay_values+walked_known)(AX)
	MOVL planStep_slot(R11), R14
	MOVB R12, walkedLine_slot(R13)(R14*1)
	ORL  planStep_bit(R11), R15
	MOVL planStep_kept(R11), R14
	ADDQ R14, R12
	MOVQ R11, R9
	MOVQ planStep_memo(R11), R11
	TESTQ R11, R11
	JZ   step
	JMP  memo

unlike:
	MOVQ BX, DX

resized:
	CMPL planStep_resized(R11), $const_maxResized
	JGE  varies
	INCL planStep_resized(R11)
	MOVQ R14, planStep_size(R11)

anySize:
	CMPQ R14, $32
	JEQ  longer
	ADDQ R14, DX
	CMPB (SI)(DX*1), $0x22
	JEQ  quoted
	JMP  out

varies:
	MOVQ $-1, planStep_size(R11)
	JMP  anySize

longer:
	ADDQ $32, DX
	LEAQ -const_planHead(DX), R14
	CMPQ R14, CX
	JGT  out
	VMOVDQU (SI)(DX*1), Y3
	SPECIAL(R14)
	TESTL R14, R14
	JZ   longer
	TZCNTL R14, R14
	ADDQ R14, DX
	CMPB (SI)(DX*1), $0x22
	JEQ  quoted
	JMP  out

says: // the guess: see guessBy
	MOVQ DX, AX
	SUBQ BX, AX
	MOVL $16, R14
	CMPQ AX, R14
	CMOVQGT R14, AX
	MOVL $8, R14
	CMPQ AX, R14
	CMOVQLT AX, R14
	SHLQ $3, R14
	NEGQ R14
	SHLXQ R14, (SI)(BX*1), R14
	ADDQ R14, AX
	MOVQ $const_guessMul, R10
	IMULQ AX, R10
	SHRQ $(64-const_planGuessBits), R10
	JMP  note

memo: // see find: AX is where the value was noted, R11 the memo
	CMPQ DX, $8
	JLT  step
	LEAQ (SI)(DX*1), SI // its end
	SUBQ BX, DX         // its length
	CMPQ DX, $const_maxMemo
	JA   missed
	MOVQ $8, R14
	CMPQ DX, R14
	CMOVQLT DX, R14
	SHLQ $3, R14
	NEGQ R14
	MOVQ SI, BX
	SUBQ DX, BX
	VMOVDQU (BX), Y3
	SHLXQ R14, (BX), BX
	SHRXQ R14, -8(SI), R14
	RORXQ $57, R14, SI
	XORQ BX, SI
	IMULQ multiplier<>(SB), SI
	SHRQ $(64-const_memoBits), SI // its place
	IMUL3Q $planValue__size, SI, CX
	ADDQ R11, CX
	VPXOR (planMemo_values+planValue_text)(CX), Y3, Y3
	VPTEST (planMemo_values+planValue_mask)(CX), Y3
	JNZ  missed
	CMPQ (planMemo_values+planValue_n)(CX), DX
	JNE  missed
	MOVL SI, (planWay_values+walked_known)(AX)

missed:
	MOVQ t+16(FP), SI
	MOVQ n+32(FP), CX
	SUBQ $(2*const_planHead+1), CX
	JMP  step

other:
	CMPL AX, $const_paceEnd
	JE   end
	JA   out
	MOVQ (SI)(BX*1), AX
	XORQ zeros<>(SB), AX
	MOVQ $0x0606060606060606, R14
	ADDQ AX, R14
	ORQ  R14, AX
	MOVQ $0xf0f0f0f0f0f0f0f0, R14
	ANDQ R14, AX
	TZCNTQ AX, AX
	SHRQ $3, AX // how many digits
	LEAQ -1(AX), DX
	CMPQ DX, $6
	JA   out
	LEAQ (BX)(AX*1), DX
	MOVBLZX (SI)(DX*1), R14
	CMPL R14, $0x2e // .
	JE   out
	ORL  $0x20, R14
	CMPL R14, $0x65 // e
	JE   out
	CMPQ AX, $1
	JE   digits
	CMPB (SI)(BX*1), $0x30
	JE   out

digits:
	MOVQ DX, DI
	JMP  note

end: // the next line begins at BX
	ORL  planStep_bit(R11), R15
	MOVL planStep_no(R11), AX
	MOVQ BX, walkedLine_next(R13)
	MOVL R12, walkedLine_end(R13)
	MOVL R15, walkedLine_seen(R13)
	MOVL AX, walkedLine_last(R13)
	ADDQ $walkedLine__size, R13
	MOVQ BX, walkedLine_from(R13)
	MOVL R12, walkedLine_first(R13)
	MOVQ BX, DI
	MOVQ planWay_start(R8), R9
	XORL R10, R10
	XORL R15, R15
	MOVQ planWay_filled(R8), AX
	INCQ AX
	MOVQ AX, planWay_filled(R8)
	CMPQ AX, planWay_most(R8)
	JLT  step

out:
	MOVQ R10, planWay_guess(R8)
	MOVQ R12, planWay_n(R8)
	MOVL R15, planWay_seen(R8)
	VZEROUPPER
	MOVQ R9, last+40(FP)
	MOVQ DI, next+48(FP)
	RET
