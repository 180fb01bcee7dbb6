; three rounds
        mov ecx, 3
again:  dec ecx
        jnz again
        syscall
text:   db "hello, world", 10, 0
